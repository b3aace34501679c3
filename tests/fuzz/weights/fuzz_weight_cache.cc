// Any bytes as a file of quantized weights: it is used exactly when it is what would have been written. Few inputs are,
// so what comes behind each check is also reached with the input's size, header or sums put right.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "engine/weights/testing/cache_file.h"
#include "engine/weights/weight_cache_layout.h"
#include "formats/gguf_part.h"

namespace {

using rbee::engine::sums_of_pieces;
using rbee::engine::WeightCacheLayout;
using rbee::engine::with_right_header;
using rbee::formats::DType;

/// What the file is for: three matrices of two types, a piece each.
struct SmallModel {
  std::vector<rbee::formats::TensorView> tensors = {
      {.name = "model.embed_tokens.weight", .dtype = DType::kBF16, .shape = {2, 256}},
      {.name = "model.layers.0.mlp.up_proj.weight", .dtype = DType::kBF16, .shape = {3, 96}},
      {.name = "model.layers.1.mlp.up_proj.weight", .dtype = DType::kBF16, .shape = {1, 512}}};
  rbee::formats::WeightRecipe recipe = {
      .wanted = DType::kQ4_K,
      .tensors = {{&tensors[0], DType::kQ4_K}, {&tensors[1], DType::kQ5_0}, {&tensors[2], DType::kQ4_K}}};
  WeightCacheLayout layout{recipe, "0123456789abcdef0123456789abcdef"};
  WeightCacheLayout of_other_weights{recipe, "0123456789abcdef0123456789abcdee"};
};

std::span<const std::byte> bytes_of(std::string_view file) {
  return {reinterpret_cast<const std::byte*>(file.data()), file.size()};
}

bool is_used(const WeightCacheLayout& layout, std::string_view file) {
  if (!layout.problem_of(bytes_of(file)).empty()) return false;
  for (std::size_t i = 0; i < layout.pieces().size(); ++i) {
    if (!layout.is_piece_whole(bytes_of(file), i)) return false;
  }
  return true;
}

/// Sums of the input's choice in a header that is right: each speaks of its own piece.
void check_sums(const WeightCacheLayout& layout, std::string file, std::string_view input) {
  const std::vector<std::uint64_t> right = sums_of_pieces(layout, file);
  std::vector<std::uint64_t> sums = right;
  for (std::size_t i = 0; i < sums.size() && input.size() >= (i + 1) * sizeof sums[i]; ++i) {
    std::memcpy(&sums[i], input.data() + i * sizeof sums[i], sizeof sums[i]);
  }
  const std::string header = layout.header(sums);
  file.replace(0, header.size(), header);
  RBEE_CHECK(layout.problem_of(bytes_of(file)).empty());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    RBEE_CHECK(layout.is_piece_whole(bytes_of(file), i) == (sums[i] == right[i]));
  }
}

/// A right file is a GGUF file with the matrices where the layout has them, and nothing for other weights.
void check_use(const SmallModel& model, const std::string& file) {
  RBEE_CHECK(is_used(model.layout, file));
  RBEE_CHECK(!is_used(model.of_other_weights, file));
  const rbee::formats::GgufPart part = rbee::formats::parse_gguf_part(bytes_of(file), "q4_k.gguf");
  RBEE_CHECK(part.tensors.size() == model.tensors.size());
  for (std::size_t i = 0; i < part.tensors.size(); ++i) {
    RBEE_CHECK(part.tensors[i].name == model.tensors[i].name && part.tensors[i].shape == model.tensors[i].shape);
    RBEE_CHECK(part.tensors[i].data == bytes_of(file).data() + model.layout.tensor_offset(i));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const SmallModel model;
  const WeightCacheLayout& layout = model.layout;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const bool is_right = size == layout.file_bytes() && input == with_right_header(layout, std::string(input));
  RBEE_CHECK(is_used(layout, input) == is_right);
  std::string sized(input.substr(0, layout.file_bytes()));
  sized.resize(layout.file_bytes());
  is_used(layout, sized);
  check_sums(layout, sized, input);
  check_use(model, with_right_header(layout, sized));
  return 0;
}
