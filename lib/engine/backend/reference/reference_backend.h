#pragma once
// Plain float32 loops, slow on purpose: the oracle that every other backend is tested against.

#include "engine/backend/backend.h"

namespace rbee::engine {

/// Runs every op with every dtype. Weights are read in place and dequantized as they are used; sums are accumulated
/// in double, so that results are closer to exact arithmetic than any fast backend's. The cache is float32.
class ReferenceBackend final : public Backend {
 public:
  BackendDescription describe() const override;
  bool supports(const Op& op, formats::DType weight_dtype) const override;
  std::unique_ptr<Plan> compile(const Graph& graph, const WeightTable& weights, const KvLayout& kv,
                                const StepLimits& limits) override;
  void run(Plan& plan, const Step& step, std::span<float> output) override;
};

}  // namespace rbee::engine
