#pragma once
// A model of a known shape whose weights are drawn in memory: to measure a machine before a download.

#include <memory>
#include <optional>

#include "formats/model_files.h"

namespace rbee::engine {

/// `hollow` (ModelFiles::hollow()) with random weights: matrices from N(0, 0.02), in the type that quantizing on load
/// would give them where `weights` is one; norms of ones, biases of zeros. Tensors of one type share their bytes, so
/// that it takes the memory of the largest ones alone: backends copy what they multiply with. Throws Error:
/// kUnsupported (nothing to quantize), kExhausted (memory).
std::unique_ptr<formats::ModelFiles> draw_weights(std::unique_ptr<formats::ModelFiles> hollow,
                                                  std::optional<formats::DType> weights);

}  // namespace rbee::engine
