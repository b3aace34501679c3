#pragma once
// Q4_K: 256 values in eight groups of 32, each y = d * sc * q - dmin * m with q from 0 to 15 and 6-bit sc and m.
// Layout as in dequantize.cc.

#include <cmath>
#include <cstdint>

#include "formats/block_fit.h"
#include "formats/encode_symmetric.h"
#include "formats/half.h"
#include "formats/quantize.h"

namespace rbee::formats {

constexpr int kQ4KGroups = 8, kQ4KValues = kQ4KGroups * kGroupValues;
constexpr float kQ4KLevelMax = 15, kSixBitMax = 63;
constexpr float kEqualLevels = 1e-4F;  // variance of the levels as a share of their mean square

/// y = scale * q - floor, both at least 0.
struct AffineFit {
  float scale = 0, floor = 0;
};

/// A fit with how far it lowers the error, from that of zeros.
struct AffineChoice {
  AffineFit fit;
  float gain = 0;
};

/// Per candidate.
struct AffineFits {
  float scale[kCandidates], offset[kCandidates], gain[kCandidates];
};

/// For fixed levels: the normal equations of scale and offset, or the scale alone where the offset would be above 0,
/// which has no place in the format, and where the levels are about equal, so that the equations say nothing.
template <int width>
RBEE_PART_OF_CALLER void solve_affine(const FitSums& sums, const GroupSums& group, AffineFits& fits) {
  for (int c = 0; c < kCandidates; c += width) {
    Vector<width> wq, wqq, wqx;
    load(wq, sums.wq + c);
    load(wqq, sums.wqq + c);
    load(wqx, sums.wqx + c);
    const Vector<width> zero{}, squares = group.w * wqq, determinant = squares - wq * wq;
    Vector<width> scale = (group.w * wqx - group.wx * wq) / determinant;
    Vector<width> offset = (wqq * group.wx - wq * wqx) / determinant;
    const auto alone = (offset > zero) | (determinant < kEqualLevels * squares);
    scale = alone ? wqx / wqq : scale;
    offset = alone ? zero : offset;
    const Vector<width> gain = scale * wqx + offset * group.wx;
    store(fits.scale + c, scale);
    store(fits.offset + c, offset);
    store(fits.gain + c, gain);
  }
}

/// The better of `best` and the candidates.
template <int width>
RBEE_PART_OF_CALLER void try_affine(const float* x, const float* w, const GroupSums& group, const float* offsets,
                                    const float* inverses, AffineChoice& best) {
  FitSums sums;
  AffineFits fits;
  fit_sums<width>(x, w, offsets, inverses, 0, kQ4KLevelMax, sums);
  solve_affine<width>(sums, group, fits);
  for (int i = 0; i < kCandidates; ++i) {
    const bool better = fits.gain[i] > best.gain && fits.scale[i] > 0 && fits.scale[i] <= kQuantizableMax;
    if (better) best = {{fits.scale[i], -fits.offset[i]}, fits.gain[i]};
  }
}

/// What makes sum w (scale * q - floor - x)^2 small over a group.
template <int width>
RBEE_PART_OF_CALLER AffineFit fit_affine(const float* x, const float* w, const GroupSums& group) {
  constexpr float kFirst = 12.5F, kStep = 0.25F;  // levels between the smallest and the largest value
  const Extent extent = extent_of(x);
  const float low = extent.low < 0 ? extent.low : 0, range = extent.high - low;
  AffineChoice best{{0, -low}, 2 * low * group.wx - low * low * group.w};  // q = 0 everywhere
  if (range < kSmallestExtent) return best.fit;
  float offsets[kCandidates], inverses[kCandidates];
  for (int i = 0; i < kCandidates; ++i) {
    offsets[i] = low;
    inverses[i] = (kFirst + static_cast<float>(i) * kStep) / range;
  }
  try_affine<width>(x, w, group, offsets, inverses, best);
  if (best.fit.scale < kSmallestExtent) return best.fit;
  for (int i = 0; i < kCandidates; ++i) {  // four scales and four offsets around the best so far
    offsets[i] = -best.fit.floor + static_cast<float>(i / 4 - 1) * 0.25F * best.fit.scale;
    inverses[i] = (1 + static_cast<float>(i % 4 - 1) * 0.02F) / best.fit.scale;
  }
  try_affine<width>(x, w, group, offsets, inverses, best);
  return best.fit;
}

/// A block's numbers as they are stored.
struct Q4KScales {
  std::uint16_t d = 0, dmin = 0;
  unsigned char scale[kQ4KGroups] = {}, floor[kQ4KGroups] = {};
};

RBEE_PART_OF_CALLER float level_inverse(float scale) {
  return scale > 0 ? 1 / scale : 0;
}

/// Per candidate: the group's error.
template <int width>
RBEE_PART_OF_CALLER void group_errors(const float* x, const float* w, const float* scales, const float* floors,
                                      float* errors) {
  float inverses[kCandidates];
  for (int i = 0; i < kCandidates; ++i) inverses[i] = level_inverse(scales[i]);
  for (int c = 0; c < kCandidates; c += width) {
    Vector<width> scale, floor, inverse, sum{};
    load(scale, scales + c);
    load(floor, floors + c);
    load(inverse, inverses + c);
    for (int i = 0; i < kGroupValues; ++i) {
      Vector<width> q = (x[i] + floor) * inverse;
      to_levels(q, 0, kQ4KLevelMax);
      const Vector<width> error = scale * q - floor - x[i];
      sum += w[i] * error * error;
    }
    store(errors + c, sum);
  }
}

/// Rounds a group's fit to six bits and takes the best of its neighbours.
template <int width>
RBEE_PART_OF_CALLER void choose_six_bits(const float* x, const float* w, const AffineFit& fit, int group,
                                         Q4KScales& block) {
  const float d = half_to_float(block.d), dmin = half_to_float(block.dmin);
  const float scale = d > 0 ? nearest(clamped(fit.scale / d, 0, kSixBitMax)) : 0;
  const float floor = dmin > 0 ? nearest(clamped(fit.floor / dmin, 0, kSixBitMax)) : 0;
  float scales[kCandidates], floors[kCandidates], tried_scales[kCandidates], tried_floors[kCandidates];
  for (int i = 0; i < kCandidates; ++i) {  // three scales and five floors; the last is the middle again
    scales[i] = clamped(scale + static_cast<float>(i < 15 ? i % 3 - 1 : 0), 0, kSixBitMax);
    floors[i] = clamped(floor + static_cast<float>(i < 15 ? i / 3 - 2 : 0), 0, kSixBitMax);
    tried_scales[i] = d * scales[i];
    tried_floors[i] = dmin * floors[i];
  }
  float errors[kCandidates];
  group_errors<width>(x, w, tried_scales, tried_floors, errors);
  int best = 0;
  for (int i = 1; i < kCandidates; ++i) best = errors[i] < errors[best] ? i : best;
  block.scale[group] = static_cast<unsigned char>(static_cast<int>(scales[best]));
  block.floor[group] = static_cast<unsigned char>(static_cast<int>(floors[best]));
}

template <int width>
RBEE_PART_OF_CALLER Q4KScales fit_q4_k(const float* x) {
  float w[kQ4KValues];
  AffineFit fits[kQ4KGroups];
  float scale_max = 0, floor_max = 0;
  for (int g = 0; g < kQ4KGroups; ++g) {
    const float* const group = x + g * kGroupValues;
    float* const weights = w + g * kGroupValues;
    const GroupSums sums = weigh(group, std::sqrt(squares_of(group) / kGroupValues), weights);
    fits[g] = fit_affine<width>(group, weights, sums);
    scale_max = fits[g].scale > scale_max ? fits[g].scale : scale_max;
    floor_max = fits[g].floor > floor_max ? fits[g].floor : floor_max;
  }
  Q4KScales block;
  block.d = float_to_half(scale_max / kSixBitMax);
  block.dmin = float_to_half(floor_max / kSixBitMax);
  for (int g = 0; g < kQ4KGroups; ++g) {
    choose_six_bits<width>(x + g * kGroupValues, w + g * kGroupValues, fits[g], g, block);
  }
  return block;
}

/// The 12 bytes that scale_and_min() of dequantize.cc reads.
RBEE_PART_OF_CALLER void store_six_bits(const Q4KScales& scales, unsigned char* to) {
  for (int i = 0; i < 4; ++i) {
    to[i] = static_cast<unsigned char>(scales.scale[i] | (scales.scale[i + 4] >> 4) << 6);
    to[i + 4] = static_cast<unsigned char>(scales.floor[i] | (scales.floor[i + 4] >> 4) << 6);
    to[i + 8] = static_cast<unsigned char>((scales.scale[i + 4] & 15) | (scales.floor[i + 4] & 15) << 4);
  }
}

template <int width>
RBEE_PART_OF_CALLER void encode_q4_k(const float* x, unsigned char* block) {
  const Q4KScales scales = fit_q4_k<width>(x);
  store_half(block, scales.d);
  store_half(block + 2, scales.dmin);
  store_six_bits(scales, block + 4);
  const float d = half_to_float(scales.d), dmin = half_to_float(scales.dmin);
  for (int g = 0; g < kQ4KGroups; ++g) {
    const float floor = dmin * static_cast<float>(scales.floor[g]);
    const float inverse = level_inverse(d * static_cast<float>(scales.scale[g]));
    unsigned char* const bytes = block + 16 + g / 2 * 32;
    for (int l = 0; l < kGroupValues; ++l) {
      const float q = nearest(clamped((x[g * kGroupValues + l] + floor) * inverse, 0, kQ4KLevelMax));
      const auto level = static_cast<unsigned char>(static_cast<int>(q));
      bytes[l] = g % 2 == 0 ? level : static_cast<unsigned char>(bytes[l] | level << 4);
    }
  }
}

}  // namespace rbee::formats
