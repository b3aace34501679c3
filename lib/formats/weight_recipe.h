#pragma once
// Which of a model's weights are quantized on load, and to what.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model_files.h"

namespace rbee::formats {

/// What weights may be quantized to on load.
constexpr DType kWeightTypes[] = {DType::kQ8_0, DType::kQ4_0, DType::kQ4_K};

/// "q8_0", "q4_0" and "q4_k", in any case; nothing for another word.
std::optional<DType> parse_weight_type(std::string_view word);

/// Where workers keep what they quantize: a folder in the model's, or beside the GGUF file.
constexpr std::string_view kQuantizedFolder = ".rbee";
/// Its file there: "q4_k.gguf", or "tiny-q4_k.gguf" for the GGUF file "tiny.gguf". `gguf_stem` is empty for a folder.
std::string quantized_file_name(std::string_view gguf_stem, DType type);

/// The words that parse_weight_type() takes, for messages.
constexpr std::string_view kWeightTypeWords = "q8_0, q4_0 or q4_k";

/// A matrix and what it becomes. The view belongs to the model's files.
struct RecipeTensor {
  const TensorView* tensor = nullptr;
  DType type = DType::kQ8_0;
};

/// What quantizing a model on load means: pure, from shapes alone. Matrices are quantized, the embedding table and the
/// output head among them, and each once; norms and biases are not. A matrix whose rows are no whole blocks of the
/// type gets the next that fits: Q5_0 for Q4_K (blocks of 32, and its 16 more levels stand for Q4_K's minima), or stays
/// as it is where its rows are no multiple of 32. What a GGUF file holds quantized stays as it is.
struct WeightRecipe {
  DType wanted = DType::kQ8_0;
  std::vector<RecipeTensor> tensors;  ///< those to quantize, by name with numbers in order: layer after layer
  std::uint64_t bytes_before = 0;     ///< of `tensors`, as they are
  std::uint64_t bytes_after = 0;      ///< of `tensors`, quantized
  std::uint64_t model_bytes = 0;      ///< of all the model's tensors afterwards
  std::size_t other_type = 0;         ///< of `tensors`: how many get another type than `wanted`
  std::size_t unfit = 0;              ///< matrices that stay: rows that are no multiple of 32
  std::size_t quantized_already = 0;  ///< matrices that stay: the file holds them in blocks

  /// "154 matrices to Q4_K, 12 to Q5_0 (rows that are no multiple of 256)", ...
  std::string text() const;
};

/// Throws Error{kUnsupported} when there is nothing to quantize: the file's weights are all in blocks already.
WeightRecipe make_weight_recipe(const ModelFiles& files, DType wanted);

}  // namespace rbee::formats
