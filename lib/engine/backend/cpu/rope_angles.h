#pragma once
// The cosines and sines of a step's tokens.

#include <cstdint>
#include <vector>

#include "engine/backend/step.h"
#include "engine/graph/op.h"

namespace rbee::engine::cpu {

/// One rope table's angles for every token of a step, computed once and used by all heads and layers.
class RopeAngles {
 public:
  RopeAngles(const RopeTable& table, std::uint32_t tokens_max);

  /// Computes those of the sequence's tokens [begin, end).
  void compute(const StepSequence& sequence, std::uint32_t begin, std::uint32_t end);

  std::uint32_t pairs() const { return pairs_; }
  /// By token of the step, [pairs].
  const float* cos(std::uint32_t token) const { return cos_.data() + std::size_t{token} * pairs_; }
  const float* sin(std::uint32_t token) const { return sin_.data() + std::size_t{token} * pairs_; }

 private:
  RopeTable table_;
  std::uint32_t pairs_;
  std::vector<float> cos_, sin_;  // [tokens_max, pairs]
};

}  // namespace rbee::engine::cpu
