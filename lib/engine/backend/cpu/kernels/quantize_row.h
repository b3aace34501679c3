#pragma once
// Activations to whole numbers, over any vector type of simd_*.h.

#include "engine/backend/cpu/kernels/panel.h"

namespace rbee::engine::cpu {

/// Quantizes `columns` values, a multiple of 32, to the row of `to` that its pointers stand at: the largest magnitude
/// of each 32 becomes the largest number (127, or 16319 in two parts), the rest are rounded to nearest even.
template <class S>
void quantize_row(const float* x, std::size_t columns, const QuantizedRows& to) {
  using V = typename S::Vec;
  constexpr std::size_t kHalf = 16 / S::kLanes;
  const float limit = to.low == nullptr ? 127.0F : 127.0F * 128.0F + 63.0F;
  for (std::size_t b = 0; b < columns / 32; ++b) {
    QuantizedBlock& block = to.blocks[b];
    V v[2 * kHalf];
    V most = S::zero();
    for (std::size_t i = 0; i < 2 * kHalf; ++i) {
      v[i] = S::load(x + 32 * b + i * S::kLanes);
      most = S::max(most, S::abs(v[i]));
    }
    const float largest = S::max_lane(most);
    // Below this limit / largest could overflow; such a block is zero beside any other.
    const float inverse = largest < 1e-30F ? 0.0F : limit / largest;
    const float scale = largest < 1e-30F ? 0.0F : largest / limit;
    float halves[2];
    for (std::size_t h = 0; h < 2; ++h) {
      V sum = S::zero();
      for (std::size_t i = h * kHalf; i < (h + 1) * kHalf; ++i) {
        const V q = S::round(S::mul(v[i], S::set1(inverse)));
        if (to.low == nullptr) {
          S::store_int8(block.q + i * S::kLanes, q);
        } else {
          const V high = S::round(S::mul(q, S::set1(1.0F / 128.0F)));
          S::store_int8(block.q + i * S::kLanes, high);
          S::store_int8(to.low + 32 * b + i * S::kLanes, S::sub(q, S::mul(high, S::set1(128.0F))));
        }
        sum = S::add(sum, q);
      }
      halves[h] = S::sum(sum);  // whole numbers far below 2^24: exact
    }
    block.scale = scale;
    block.scaled_sum = scale * (halves[0] + halves[1]);
    const auto sum = static_cast<std::int32_t>(halves[0] + halves[1]);
    block.start_8 = kSumBias - 8 * sum;
    block.start_16 = kSumBias - 16 * sum;
    block.start_128 = kSumBias - 128 * sum;
    for (std::size_t h = 0; h < 2; ++h) block.half_starts_32[h] = kSumBias - 32 * static_cast<std::int32_t>(halves[h]);
  }
}

}  // namespace rbee::engine::cpu
