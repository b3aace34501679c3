#pragma once
// What a file of quantized weights looks like, to the byte.
//
// It is a GGUF file, so that any tool for GGUF can look into it, with the matrices alone: the rest is read from the
// model. Metadata: general.type, general.alignment, rbee.weights.layout (kWeightCacheVersion), .type, .source
// (source_identity()), .sums (checksum64() of each piece of kWeightPieceBytes or one row). Everything but the sums
// follows from the model and the type: a file is right when its size and all other bytes of its header are what they
// must be, so that no number in it is ever believed.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/weight_recipe.h"

namespace rbee::engine {

/// Raised when the same weights would become other bytes: another recipe, search or layout.
constexpr std::uint32_t kWeightCacheVersion = 1;

/// Rows of one matrix that are made, written and checked together.
struct WeightPiece {
  std::size_t tensor = 0;  ///< of the recipe
  std::uint64_t row = 0;   ///< the first
  std::uint64_t rows = 0;
  std::uint64_t offset = 0;  ///< in the file
  std::uint64_t bytes = 0;
};

/// Constant after construction; any thread may read.
class WeightCacheLayout {
 public:
  /// Throws Error: kBadFile when sizes overflow, kUnsupported when they come to more than kCacheBytesMax.
  WeightCacheLayout(const formats::WeightRecipe& recipe, const std::string& source);

  /// In the order of the file.
  const std::vector<WeightPiece>& pieces() const { return pieces_; }
  std::uint64_t tensor_offset(std::size_t tensor) const { return offsets_[tensor]; }
  std::uint64_t file_bytes() const { return file_bytes_; }

  /// The file's first bytes, with these sums of the pieces.
  std::string header(const std::vector<std::uint64_t>& sums) const;

  /// Why `file` is not such a file; empty when it is one, as far as its header tells.
  std::string problem_of(std::span<const std::byte> file) const;
  /// The sum that a file without problem has for the piece, and whether its bytes have it.
  bool is_piece_whole(std::span<const std::byte> file, std::size_t piece) const;

 private:
  std::vector<std::uint64_t> offsets_;
  std::vector<WeightPiece> pieces_;
  std::string header_;  // with zeros for sums
  std::size_t sums_begin_ = 0, sums_end_ = 0;
  std::uint64_t file_bytes_ = 0;
};

}  // namespace rbee::engine
