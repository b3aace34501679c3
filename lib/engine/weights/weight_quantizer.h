#pragma once
// Quantizes a model's matrices.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "engine/weights/weight_cache_layout.h"
#include "formats/weight_recipe.h"

namespace rbee::engine {

/// Bytes of the source weights that are done, and of all of them. May throw: the work ends with that.
using QuantizeProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Takes bytes and their place in the file. Called from several threads at once, for places that do not overlap.
using WeightSink = std::function<void(std::span<const std::byte> bytes, std::uint64_t offset)>;

/// Gives the whole file of `layout` to `sink` in pieces, on `threads` threads, in the order of the layers; its header
/// last. The same bytes whatever the threads. Beside the files' pages, which are dropped once used, it takes about
/// 1 MiB for each thread. Throws Error{kBadFile} (a value that is infinite, not a number or too large, with its tensor
/// and row), and what `sink` and `progress` throw.
void quantize_weights(const formats::ModelFiles& files, const formats::WeightRecipe& recipe,
                      const WeightCacheLayout& layout, const WeightSink& sink, std::uint32_t threads,
                      const QuantizeProgress& progress);

}  // namespace rbee::engine
