#pragma once
// Blocks of 32 values with one scale: Q8_0, Q4_0, Q5_0. Layouts as in dequantize.cc.

#include <cmath>
#include <cstdint>
#include <cstring>

#include "formats/block_fit.h"
#include "formats/half.h"

namespace rbee::formats {

/// Scales of smaller blocks are no binary16 number but 0.
constexpr float kSmallestExtent = 0x1p-30F;

RBEE_PART_OF_CALLER void store_half(unsigned char* at, std::uint16_t half) {
  std::memcpy(at, &half, sizeof half);
}

struct SymmetricFit {
  float scale = 0, gain = 0;
};

/// The better of `best` and the candidates. For fixed levels q the best scale is wqx / wqq, and it lowers the error by
/// wqx^2 / wqq.
template <int width>
RBEE_PART_OF_CALLER void try_scales(const float* x, const float* w, float half, const float* inverses,
                                    SymmetricFit& best) {
  const float no_offset[kCandidates] = {};
  FitSums sums;
  fit_sums<width>(x, w, no_offset, inverses, -half, half - 1, sums);
  for (int i = 0; i < kCandidates; ++i) {
    if (!(sums.wqq[i] > 0)) continue;
    const float scale = sums.wqx[i] / sums.wqq[i], gain = scale * sums.wqx[i];
    if (gain > best.gain) best = {scale, gain};
  }
}

/// The scale s that makes sum w (s q - x)^2 small for q from -half to half - 1. It may be negative: the side of the
/// largest magnitude gets the level that the other side lacks. 0 where all values vanish.
template <int width>
RBEE_PART_OF_CALLER float fit_symmetric_scale(const float* x, const float* w, float half) {
  constexpr float kCoarse = 0.025F, kFine = 0.003F;  // steps between candidates, relative
  const Extent extent = extent_of(x);
  const float largest = -extent.low > extent.high ? extent.low : extent.high;
  if (std::fabs(largest) < kSmallestExtent) return 0;
  SymmetricFit best;
  float inverses[kCandidates];
  for (int i = 0; i < kCandidates; ++i) {
    inverses[i] = -half / largest * (1 + static_cast<float>(i - 6) * kCoarse);
  }
  try_scales<width>(x, w, half, inverses, best);
  if (best.scale == 0) return 0;
  for (int i = 0; i < kCandidates; ++i) inverses[i] = 1 / best.scale * (1 + static_cast<float>(i - 8) * kFine);
  try_scales<width>(x, w, half, inverses, best);
  return best.scale;
}

/// The levels 0 .. 2 * half - 1 of y = scale * (level - half).
RBEE_PART_OF_CALLER void symmetric_levels(const float* x, float scale, float half, unsigned char* levels) {
  const float inverse = scale != 0 ? 1 / scale : 0;
  for (int i = 0; i < kGroupValues; ++i) {
    levels[i] = static_cast<unsigned char>(
        static_cast<int>(clamped(nearest(clamped(x[i] * inverse, -half, half)), -half, half - 1) + half));
  }
}

/// Scale and levels of one block of 32 values with `half` levels below zero; returns the scale as binary16.
template <int width>
RBEE_PART_OF_CALLER std::uint16_t fit_symmetric(const float* x, float half, unsigned char* levels) {
  float w[kGroupValues];
  weigh(x, std::sqrt(squares_of(x) / kGroupValues), w);
  const std::uint16_t scale = float_to_half(fit_symmetric_scale<width>(x, w, half));
  symmetric_levels(x, half_to_float(scale), half, levels);
  return scale;
}

RBEE_PART_OF_CALLER void encode_q8_0(const float* x, unsigned char* block) {
  const Extent extent = extent_of(x);
  const float largest = -extent.low > extent.high ? -extent.low : extent.high;
  const std::uint16_t scale = float_to_half(largest / 127);
  store_half(block, scale);
  const float inverse = (scale & 0x7FFFu) != 0 ? 1 / half_to_float(scale) : 0;
  for (int i = 0; i < kGroupValues; ++i) {
    const int q = static_cast<int>(nearest(clamped(x[i] * inverse, -127, 127)));
    block[2 + i] = static_cast<unsigned char>(q);
  }
}

template <int width>
RBEE_PART_OF_CALLER void encode_q4_0(const float* x, unsigned char* block) {
  unsigned char levels[kGroupValues];
  store_half(block, fit_symmetric<width>(x, 8, levels));
  for (int j = 0; j < 16; ++j) block[2 + j] = static_cast<unsigned char>(levels[j] | levels[j + 16] << 4);
}

template <int width>
RBEE_PART_OF_CALLER void encode_q5_0(const float* x, unsigned char* block) {
  unsigned char levels[kGroupValues];
  store_half(block, fit_symmetric<width>(x, 16, levels));
  std::uint32_t high_bits = 0;
  for (int j = 0; j < kGroupValues; ++j) high_bits |= static_cast<std::uint32_t>(levels[j] >> 4) << j;
  std::memcpy(block + 2, &high_bits, sizeof high_bits);
  for (int j = 0; j < 16; ++j) block[6 + j] = static_cast<unsigned char>((levels[j] & 15) | (levels[j + 16] & 15) << 4);
}

}  // namespace rbee::formats
