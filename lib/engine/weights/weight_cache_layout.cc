#include "engine/weights/weight_cache_layout.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/check.h"
#include "base/checked.h"
#include "base/checksum.h"
#include "base/error.h"
#include "engine/weights/limits.h"
#include "formats/gguf_header.h"

namespace rbee::engine {
namespace {

std::uint64_t row_bytes_of(const formats::RecipeTensor& tensor) {
  return formats::row_bytes(tensor.type, tensor.tensor->shape[1]);
}

// Of the first tensor's first byte; each begins at a multiple of kCacheAlignment.
std::vector<std::uint64_t> tensor_offsets(const formats::WeightRecipe& recipe, Checked& end) {
  std::vector<std::uint64_t> offsets;
  for (const formats::RecipeTensor& tensor : recipe.tensors) {
    offsets.push_back(end.value_or_throw(tensor.tensor->name));
    end = (end + Checked(row_bytes_of(tensor)) * tensor.tensor->shape[0]).padded_to(kCacheAlignment);
  }
  return offsets;
}

void check_size(const Checked& end) {
  const std::uint64_t bytes = end.value_or_throw("the quantized weights");
  if (bytes <= kCacheBytesMax) return;
  fail(ErrorKind::kUnsupported, "the quantized weights would have {} bytes, at most {} are supported", bytes,
       kCacheBytesMax);
}

// Offsets from the first tensor's first byte. Their number follows from the size, which is checked.
std::vector<WeightPiece> cut_into_pieces(const formats::WeightRecipe& recipe,
                                         const std::vector<std::uint64_t>& offsets) {
  std::vector<WeightPiece> pieces;
  for (std::size_t t = 0; t < recipe.tensors.size(); ++t) {
    const std::uint64_t row = row_bytes_of(recipe.tensors[t]), rows = recipe.tensors[t].tensor->shape[0];
    const std::uint64_t step = std::max<std::uint64_t>(1, kWeightPieceBytes / row);
    for (std::uint64_t begin = 0; begin < rows; begin += step) {
      const std::uint64_t count = std::min(step, rows - begin);
      pieces.push_back({t, begin, count, offsets[t] + begin * row, count * row});
    }
  }
  return pieces;
}

}  // namespace

WeightCacheLayout::WeightCacheLayout(const formats::WeightRecipe& recipe, const std::string& source) {
  Checked end = 0;
  offsets_ = tensor_offsets(recipe, end);
  check_size(end);
  pieces_ = cut_into_pieces(recipe, offsets_);
  formats::GgufHeader header;
  header.add_string("general.type", "quantized-weights");
  header.add_uint32("general.alignment", kCacheAlignment);
  header.add_uint32("rbee.weights.layout", kWeightCacheVersion);
  header.add_string("rbee.weights.type", formats::dtype_info(recipe.wanted).name);
  header.add_string("rbee.weights.source", source);
  sums_begin_ = header.add_uint64s("rbee.weights.sums", std::vector<std::uint64_t>(pieces_.size()));
  sums_end_ = sums_begin_ + pieces_.size() * sizeof(std::uint64_t);
  for (std::size_t t = 0; t < recipe.tensors.size(); ++t) {
    const formats::RecipeTensor& tensor = recipe.tensors[t];
    header.add_tensor(tensor.tensor->name, tensor.tensor->shape, tensor.type, offsets_[t]);
  }
  header_ = header.bytes(kCacheAlignment);
  file_bytes_ = (end + header_.size()).value_or_throw("the quantized weights");
  for (std::uint64_t& offset : offsets_) offset += header_.size();
  for (WeightPiece& piece : pieces_) piece.offset += header_.size();
}

std::string WeightCacheLayout::header(const std::vector<std::uint64_t>& sums) const {
  RBEE_CHECK(sums.size() == pieces_.size());
  std::string header = header_;
  std::memcpy(header.data() + sums_begin_, sums.data(), sums_end_ - sums_begin_);
  return header;
}

std::string WeightCacheLayout::problem_of(std::span<const std::byte> file) const {
  const auto same = [&](std::size_t begin, std::size_t end) {
    return std::memcmp(file.data() + begin, header_.data() + begin, end - begin) == 0;
  };
  // The header first where there is one: other weights are the more common reason for another size.
  if (file.size() >= header_.size() && !(same(0, sums_begin_) && same(sums_end_, header_.size()))) {
    return "it was made from other weights, for another type or by another version";
  }
  if (file.size() == file_bytes_) return "";
  return fmt::format("it has {} bytes, expected {}", file.size(), file_bytes_);
}

bool WeightCacheLayout::is_piece_whole(std::span<const std::byte> file, std::size_t piece) const {
  std::uint64_t sum = 0;
  std::memcpy(&sum, file.data() + sums_begin_ + piece * sizeof sum, sizeof sum);
  return checksum64(file.subspan(pieces_[piece].offset, pieces_[piece].bytes)) == sum;
}

}  // namespace rbee::engine
