#pragma once
// Every op of a backend against the reference backend.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace rbee::engine::conformance {

/// One graph with its weights and the steps to run it with.
struct OpCase {
  std::string name;
  double nmse_max = 0.0;        ///< sum of squared differences over sum of squares of the reference's output
  double typical_square = 0.0;  ///< expected square of an output: a few that happen to be small are not held to theirs
  Graph graph;
  const WeightTable* weights = nullptr;
  KvLayout kv;
  StepLimits limits;
  struct Sequence {
    std::uint32_t tokens, position;
    std::vector<BlockId> blocks;
  };
  struct CaseStep {
    std::vector<Sequence> sequences;
    std::vector<std::uint32_t> output_rows;
    std::vector<float> input;
  };
  std::vector<CaseStep> steps;
  std::shared_ptr<void> owned;  ///< what `weights` lies in; shared by nobody, only type-erased
};

/// The largest error that an op with weights of this type may have. Float weights are multiplied with float32
/// activations, so only the order of the sums differs; quantized weights with activations rounded to 15 bits per block
/// of 32, whose error is about (1/16319)^2/12 of the largest value's square: 3e-9 of the signal.
double matmul_nmse_max(formats::DType weights);
/// Likewise for attention over a cache of this type: its rounding is 2^-11 (F16) or 2^-9 (BF16) per value, and that of
/// the keys grows in the scores with scale * sqrt(head_dim). kQ8_0 is rounded by the reference too, so that what is
/// left are values between two multiples that go the other way.
double attention_nmse_max(formats::DType cache);
/// For ops without weights or with float32 vectors.
constexpr double kElementwiseNmseMax = 1e-12;

/// Cases for every op, every weight and cache type and odd shapes.
std::vector<OpCase> op_cases();
/// Attention over a cache of kQ8_0, for backends that have it; heads end within a block of 32 channels too.
std::vector<OpCase> q8_0_cache_cases();

/// Runs the case on both backends, outputs poisoned with NaN before each step, and compares: a gtest failure for a
/// value that was not written, is not finite, or an error above the bound.
void expect_conforms(Backend& backend, const OpCase& op_case);

}  // namespace rbee::engine::conformance
