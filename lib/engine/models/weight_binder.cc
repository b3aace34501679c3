#include "engine/models/weight_binder.h"

#include <utility>
#include <vector>

#include <fmt/ranges.h>

#include "base/error.h"

namespace rbee::engine {
namespace {

void require_shape(const formats::TensorView& tensor, const std::vector<std::uint64_t>& needed) {
  if (tensor.shape == needed) return;
  fail(ErrorKind::kBadFile, "tensor '{}' is [{}], the model's configuration needs [{}]", tensor.name,
       fmt::join(tensor.shape, ", "), fmt::join(needed, ", "));
}

// Blocks of a quantized row must not be cut: formats has checked the row, a fused part has the same columns.
Weight as_weight(const formats::TensorView& tensor, RowRange range, std::uint32_t columns) {
  const std::uint64_t stride = formats::row_bytes(tensor.dtype, columns);
  return {.name = tensor.name,
          .dtype = tensor.dtype,
          .rows = range.count,
          .columns = columns,
          .data = tensor.data + stride * range.begin,
          .in_file = true};
}

std::vector<float> as_floats(const formats::TensorView& tensor, std::uint32_t count) {
  if (formats::is_quantized(tensor.dtype)) {
    fail(ErrorKind::kUnsupported, "tensor '{}' is a {} vector; norms and biases must be F32, F16 or BF16", tensor.name,
         formats::dtype_info(tensor.dtype).name);
  }
  std::vector<float> values(count);
  formats::dequantize_row(tensor.dtype, tensor.data, values.data(), count);
  return values;
}

}  // namespace

WeightBinder::WeightBinder(const formats::ModelFiles& files, WeightTable& table)
    : files_(files), table_(table), scheme_(files.gguf() != nullptr ? NameScheme::kGguf : NameScheme::kHuggingFace) {}

std::string WeightBinder::name(WeightRole role, std::uint32_t layer, std::string_view suffix) const {
  return weight_name(scheme_, files_.config().architecture, role, layer).append(suffix);
}

bool WeightBinder::has(WeightRole role, std::uint32_t layer) const {
  return files_.tensors().contains(name(role, layer, ".weight"));
}

const formats::TensorView& WeightBinder::require(WeightRole role, std::uint32_t layer, std::string_view suffix) {
  const std::string wanted = name(role, layer, suffix);
  const auto found = files_.tensors().find(wanted);
  if (found == files_.tensors().end()) {
    fail(ErrorKind::kBadFile, "tensor '{}' is missing; architecture '{}' with {} layers needs it", wanted,
         formats::architecture_name(files_.config().architecture), files_.config().layers);
  }
  used_.insert(wanted);
  return found->second;
}

WeightId WeightBinder::matrix(WeightRole role, std::uint32_t layer, std::uint32_t rows, std::uint32_t columns) {
  return matrix_rows(role, layer, rows, columns, {0, rows});
}

WeightId WeightBinder::matrix_rows(WeightRole role, std::uint32_t layer, std::uint32_t fused_rows,
                                   std::uint32_t columns, RowRange range) {
  const formats::TensorView& tensor = require(role, layer, ".weight");
  require_shape(tensor, {fused_rows, columns});
  return table_.add(as_weight(tensor, range, columns));
}

WeightId WeightBinder::norm(WeightRole role, std::uint32_t layer, std::uint32_t columns, float plus) {
  const formats::TensorView& tensor = require(role, layer, ".weight");
  require_shape(tensor, {columns});
  std::vector<float> values = as_floats(tensor, columns);
  for (float& value : values) value += plus;
  return table_.add_vector(tensor.name, std::move(values));
}

std::optional<WeightId> WeightBinder::bias(WeightRole role, std::uint32_t layer, std::uint32_t total, RowRange range) {
  if (!files_.tensors().contains(name(role, layer, ".bias"))) return std::nullopt;
  const formats::TensorView& tensor = require(role, layer, ".bias");
  require_shape(tensor, {total});
  const std::vector<float> values = as_floats(tensor, total);
  return table_.add_vector(tensor.name, {values.begin() + range.begin, values.begin() + range.begin + range.count});
}

void WeightBinder::mark_used(WeightRole role) {
  used_.insert(name(role, 0, ".weight"));
}

void WeightBinder::require_all_used() const {
  for (const auto& [tensor, view] : files_.tensors()) {
    if (used_.contains(tensor) || is_ignorable_tensor(tensor)) continue;
    fail(ErrorKind::kUnsupported, "tensor '{}' is in the model, but architecture '{}' does not know it", tensor,
         formats::architecture_name(files_.config().architecture));
  }
}

}  // namespace rbee::engine
