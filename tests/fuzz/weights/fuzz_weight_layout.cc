// Any shapes that a model's files may state, as the layout of its quantized weights: an Error, or a file in which every
// row of every matrix has its place, and which is used once it is written.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/units.h"
#include "engine/weights/limits.h"
#include "engine/weights/testing/cache_file.h"
#include "engine/weights/weight_cache_layout.h"
#include "formats/gguf_part.h"
#include "formats/weight_recipe.h"

namespace {

using rbee::Checked;
using rbee::engine::WeightCacheLayout;
using rbee::formats::DType;
using rbee::formats::TensorView;
using rbee::formats::WeightRecipe;

/// More takes only more time.
constexpr std::uint64_t kCountedOutMax = rbee::operator""_GiB(1), kWrittenMax = rbee::operator""_MiB(1);

/// A number of the input's next bytes; zeros follow its end.
template <typename T>
T take(std::string_view& input) {
  T value{};
  const std::size_t bytes = std::min(input.size(), sizeof value);
  std::memcpy(&value, input.data(), bytes);
  input.remove_prefix(bytes);
  return value;
}

/// A model of shapes alone: whatever a reader of files lets through.
class ShapesOfInput final : public rbee::formats::ModelFiles {
 public:
  explicit ShapesOfInput(std::string_view input) {
    while (!input.empty()) add_tensor(input);
  }
  const rbee::formats::ModelConfig& config() const override { return config_; }
  const rbee::formats::GenerationConfig& generation() const override { return generation_; }
  const std::map<std::string, TensorView, std::less<>>& tensors() const override { return tensors_; }
  const rbee::formats::GgufFile* gguf() const override { return nullptr; }
  const std::filesystem::path& folder() const override { return folder_; }
  std::uint64_t weight_bytes() const override { return bytes_; }

 private:
  void add_tensor(std::string_view& input) {
    constexpr DType kTypes[] = {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0, DType::kQ6_K};
    TensorView tensor;
    tensor.dtype = kTypes[take<std::uint8_t>(input) % std::size(kTypes)];
    tensor.shape = {take<std::uint64_t>(input), take<std::uint64_t>(input)};
    const std::size_t name = std::min<std::size_t>(take<std::uint8_t>(input), input.size());
    tensor.name = input.substr(0, name);
    input.remove_prefix(name);
    const rbee::formats::DTypeInfo info = rbee::formats::dtype_info(tensor.dtype);
    const Checked bytes = Checked(tensor.shape[1] / info.block_values) * info.block_bytes * tensor.shape[0];
    const Checked all = bytes + bytes_;
    if (tensor.shape[1] % info.block_values != 0 || all.overflowed()) return;
    tensor.bytes = bytes.value_or_throw(tensor.name);
    if (tensors_.emplace(tensor.name, tensor).second) bytes_ = all.value_or_throw(tensor.name);
  }

  const std::filesystem::path folder_;
  rbee::formats::ModelConfig config_;
  rbee::formats::GenerationConfig generation_;
  std::map<std::string, TensorView, std::less<>> tensors_;
  std::uint64_t bytes_ = 0;
};

/// Every row once and in order, without gaps but for the alignment of matrices.
void check_pieces(const WeightRecipe& recipe, const WeightCacheLayout& layout) {
  std::uint64_t end = 0;
  auto piece = layout.pieces().begin();
  for (std::size_t t = 0; t < recipe.tensors.size(); ++t) {
    const TensorView& tensor = *recipe.tensors[t].tensor;
    const std::uint64_t row_bytes = rbee::formats::row_bytes(recipe.tensors[t].type, tensor.shape[1]);
    const std::uint64_t gap = layout.tensor_offset(t) - end;
    RBEE_CHECK(layout.tensor_offset(t) >= end && (t == 0 || gap < rbee::engine::kCacheAlignment));
    RBEE_CHECK(layout.tensor_offset(t) % rbee::engine::kCacheAlignment == 0);
    end = layout.tensor_offset(t);
    for (std::uint64_t row = 0; row < tensor.shape[0]; row += piece->rows, end += piece->bytes, ++piece) {
      RBEE_CHECK(piece != layout.pieces().end() && piece->tensor == t && piece->row == row && piece->rows > 0);
      RBEE_CHECK(piece->offset == end && piece->bytes == piece->rows * row_bytes);
      RBEE_CHECK(piece->bytes <= rbee::engine::kWeightPieceBytes || piece->rows == 1);
    }
  }
  RBEE_CHECK(piece == layout.pieces().end() && end <= layout.file_bytes());
}

void check_written(const WeightRecipe& recipe, const WeightCacheLayout& layout) {
  const std::string file = with_right_header(layout, std::string(layout.file_bytes(), '\x5A'));
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(file.data()), file.size());
  RBEE_CHECK(layout.problem_of(bytes).empty());
  for (std::size_t i = 0; i < layout.pieces().size(); ++i) RBEE_CHECK(layout.is_piece_whole(bytes, i));
  // Names and dimensions beyond what GGUF allows are for no other reader.
  const rbee::formats::GgufPart part = rbee::formats::parse_gguf_part(bytes, "quantized.gguf");
  RBEE_CHECK(part.tensors.size() == recipe.tensors.size());
  for (std::size_t i = 0; i < part.tensors.size(); ++i) {
    RBEE_CHECK(part.tensors[i].shape == recipe.tensors[i].tensor->shape);
    RBEE_CHECK(part.tensors[i].data == bytes.data() + layout.tensor_offset(i));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  try {
    const DType wanted =
        rbee::formats::kWeightTypes[take<std::uint8_t>(input) % std::size(rbee::formats::kWeightTypes)];
    const ShapesOfInput files(input);
    const WeightRecipe recipe = make_weight_recipe(files, wanted);
    const bool is_between = recipe.bytes_after > kCountedOutMax && recipe.bytes_after <= rbee::engine::kCacheBytesMax;
    if (is_between) return 0;
    const WeightCacheLayout layout(recipe, "source");
    check_pieces(recipe, layout);
    if (layout.file_bytes() <= kWrittenMax) check_written(recipe, layout);
  } catch (const rbee::Error&) {
  }
  return 0;
}
