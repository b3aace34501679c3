#pragma once
// Files of quantized weights on disk: where they lie, and whether they can be used.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "engine/weights/weight_cache_layout.h"
#include "engine/weights/weight_memory.h"
#include "engine/weights/weight_quantizer.h"
#include "formats/mapped_file.h"
#include "formats/weight_recipe.h"

namespace rbee::engine {

/// Where the quantized weights may lie, the best place first: the folder `.rbee` in the model's folder (beside a GGUF
/// file), then the folder `weights` of `cache_folder`, where that is not empty.
std::vector<std::filesystem::path> weight_cache_places(const formats::ModelFiles& files, formats::DType type,
                                                       const std::filesystem::path& cache_folder);

/// The file at `path`, mapped; nothing when there is none that can be used, with a warning that says why. Every byte of
/// it is compared with its checksum, on `threads` threads: that reads no more than what loading reads anyway.
/// `progress` counts the file's bytes. Throws only what `progress` throws.
std::unique_ptr<formats::MappedFile> open_weight_cache(const std::filesystem::path& path,
                                                       const WeightCacheLayout& layout, std::uint32_t threads,
                                                       const QuantizeProgress& progress);

/// Quantizes into a new file at `path`, whole or not at all, and returns it mapped; or what another process has put
/// there meanwhile. One process at a time makes a file: others wait. Throws Error: kUnavailable (another process
/// takes too long), kExhausted, kIo; and as quantize_weights().
std::unique_ptr<formats::MappedFile> make_weight_cache(const std::filesystem::path& path,
                                                       const formats::ModelFiles& files,
                                                       const formats::WeightRecipe& recipe,
                                                       const WeightCacheLayout& layout, std::uint32_t threads,
                                                       const QuantizeProgress& progress);

/// The same in memory. Throws Error{kExhausted}, and as quantize_weights().
std::unique_ptr<WeightMemory> quantize_into_memory(const formats::ModelFiles& files,
                                                   const formats::WeightRecipe& recipe, const WeightCacheLayout& layout,
                                                   std::uint32_t threads, const QuantizeProgress& progress);

}  // namespace rbee::engine
