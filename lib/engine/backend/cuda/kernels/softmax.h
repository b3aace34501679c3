#pragma once
// Softmax over positions in parts: chunks of kChunkPositions in a split of kSplitPositions, one after the other, and
// splits put together from left to right. Both are counted from position 0, so the bits depend on the token's position
// alone.

#include "engine/backend/cuda/kernels/arithmetic.h"

namespace rbee::engine::cuda {

/// A softmax in the making: e^(score - top) summed, and the values weighted with it (kept by the caller).
struct SoftmaxPart {
  float top, weight;
};

/// What two parts are multiplied with when they become one.
struct SoftmaxFactors {
  float before, after;
};

/// Adds `part` to `total`; a total that weighs nothing is empty, and a part weighs at least 1.
RBEE_BOTH SoftmaxFactors put_together(SoftmaxPart& total, const SoftmaxPart& part) {
  const bool is_first = total.weight == 0.0F;
  const float top = is_first ? part.top : larger(total.top, part.top);
  const float before = is_first ? 0.0F : exp_of(total.top - top), after = exp_of(part.top - top);
  total.weight = fused(part.weight, after, total.weight * before);
  total.top = top;
  return {before, after};
}

RBEE_BOTH float put_together(float total, float part, const SoftmaxFactors& factors) {
  return fused(part, factors.after, total * factors.before);
}

/// The first position that a token at `last` sees through a window of `window` positions; 0: all.
RBEE_BOTH u32 first_position(u32 last, u32 window) {
  return window != 0 && last + 1 > window ? last + 1 - window : 0;
}

}  // namespace rbee::engine::cuda
