#include "formats/weight_recipe.h"

#include <algorithm>
#include <cctype>

#include "base/checked.h"
#include "base/error.h"
#include "formats/gguf.h"

namespace rbee::formats {
namespace {

constexpr std::string_view kHuggingFaceHead = "lm_head.weight";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "layers.9." before "layers.10.": runs of digits count as numbers.
bool comes_before(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const auto run = [](std::string_view& text) {
        const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
        std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        text.remove_prefix(digits.size());
        digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
        return digits;
      };
      const std::string_view x = run(a), y = run(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a.front() != b.front()) return a.front() < b.front();
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.empty() && !b.empty();
}

// A config.json that ties the embedding table makes a head in the file a copy that nothing reads.
bool is_unused_head(const ModelFiles& files, const TensorView& tensor) {
  return files.gguf() == nullptr && files.config().tied_embeddings && tensor.name == kHuggingFaceHead;
}

std::optional<DType> fitting_type(DType wanted, std::uint64_t columns) {
  if (columns % dtype_info(wanted).block_values == 0) return wanted;
  if (wanted == DType::kQ4_K && columns % dtype_info(DType::kQ5_0).block_values == 0) return DType::kQ5_0;
  return std::nullopt;
}

void add_matrix(WeightRecipe& recipe, const TensorView& tensor) {
  const std::optional<DType> type = fitting_type(recipe.wanted, tensor.shape[1]);
  if (!type) {
    ++recipe.unfit;
    return;
  }
  if (*type != recipe.wanted) ++recipe.other_type;
  recipe.tensors.push_back({&tensor, *type});
  const std::uint64_t bytes =
      (Checked(row_bytes(*type, tensor.shape[1])) * tensor.shape[0]).value_or_throw(tensor.name);
  recipe.bytes_before += tensor.bytes;  // both fit: they are smaller than what lies in the files
  recipe.bytes_after += bytes;
  recipe.model_bytes = recipe.model_bytes - tensor.bytes + bytes;
}

}  // namespace

std::optional<DType> parse_weight_type(std::string_view word) {
  for (const DType type : kWeightTypes) {
    const std::string_view name = dtype_info(type).name;
    const auto same = [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; };
    if (std::equal(word.begin(), word.end(), name.begin(), name.end(), same)) return type;
  }
  return std::nullopt;
}

std::string quantized_file_name(std::string_view gguf_stem, DType type) {
  std::string name = gguf_stem.empty() ? "" : fmt::format("{}-", gguf_stem);
  for (const char c : dtype_info(type).name) name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name + ".gguf";
}

std::string WeightRecipe::text() const {
  std::string text;
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(tensors.size() - other_type, fmt::format("matrices to {}", dtype_info(wanted).name));
  add(other_type, fmt::format("to Q5_0 (rows that are no multiple of {})", dtype_info(wanted).block_values));
  add(unfit, "stay as they are (rows that are no multiple of 32)");
  add(quantized_already, "are quantized in the file and stay as they are");
  return text;
}

WeightRecipe make_weight_recipe(const ModelFiles& files, DType wanted) {
  WeightRecipe recipe{.wanted = wanted, .tensors = {}, .model_bytes = files.weight_bytes()};
  for (const auto& [name, tensor] : files.tensors()) {
    if (tensor.shape.size() != 2 || tensor.bytes == 0 || is_unused_head(files, tensor)) continue;
    if (is_quantized(tensor.dtype)) {
      ++recipe.quantized_already;
    } else {
      add_matrix(recipe, tensor);
    }
  }
  if (recipe.tensors.empty()) {
    fail(ErrorKind::kUnsupported,
         "{}: nothing can be quantized to {}: {} matrices are quantized in the file already, {} have rows that are no "
         "multiple of 32; leave --weights out",
         files.config().name, dtype_info(wanted).name, recipe.quantized_already, recipe.unfit);
  }
  std::sort(recipe.tensors.begin(), recipe.tensors.end(),
            [](const RecipeTensor& a, const RecipeTensor& b) { return comes_before(a.tensor->name, b.tensor->name); });
  return recipe;
}

}  // namespace rbee::formats
