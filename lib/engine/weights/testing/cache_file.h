#pragma once
// For tests: files of quantized weights, made by hand.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/checksum.h"
#include "engine/weights/weight_cache_layout.h"

namespace rbee::engine {

/// The sums that these bytes of the pieces have. `file` has layout.file_bytes().
inline std::vector<std::uint64_t> sums_of_pieces(const WeightCacheLayout& layout, std::string_view file) {
  std::vector<std::uint64_t> sums;
  for (const WeightPiece& piece : layout.pieces()) sums.push_back(checksum64(file.substr(piece.offset, piece.bytes)));
  return sums;
}

/// `file` with the header that belongs to it: one that is used, whatever the weights in it. It has layout.file_bytes().
inline std::string with_right_header(const WeightCacheLayout& layout, std::string file) {
  const std::string header = layout.header(sums_of_pieces(layout, file));
  return file.replace(0, header.size(), header);
}

}  // namespace rbee::engine
