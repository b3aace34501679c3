#pragma once
// Weighted least squares over the 32 values of a block or group, for sixteen candidates at once.
// A lane is a candidate: each adds up its sums alone and in the order of the values, so that the result is the same
// bits whatever the width of the machine's vectors.

#include <cstring>

namespace rbee::formats {

// The callers are compiled once per instruction set: what they call must become part of them.
#define RBEE_PART_OF_CALLER [[gnu::always_inline]] inline

constexpr int kGroupValues = 32;
constexpr int kCandidates = 16;

/// `width` numbers at a time. A vector of GCC and clang: arithmetic and comparisons go lane by lane.
template <int width>
struct VectorOf;
template <>
struct VectorOf<4> {
  using Type = float __attribute__((vector_size(16)));
};
template <>
struct VectorOf<8> {
  using Type = float __attribute__((vector_size(32)));
};
template <>
struct VectorOf<16> {
  using Type = float __attribute__((vector_size(64)));
};
template <int width>
using Vector = typename VectorOf<width>::Type;

template <typename V>
RBEE_PART_OF_CALLER void load(V& to, const float* from) {
  std::memcpy(&to, from, sizeof to);
}
template <typename V>
RBEE_PART_OF_CALLER void store(float* to, const V& from) {
  std::memcpy(to, &from, sizeof from);
}

/// The nearest integer of |x| < 2^22, ties to even: the addition rounds away what lies below 1.
constexpr float kOneIsTheLastBit = 0x1.8p23F;

RBEE_PART_OF_CALLER float nearest(float x) {
  return (x + kOneIsTheLastBit) - kOneIsTheLastBit;
}

RBEE_PART_OF_CALLER float clamped(float x, float low, float high) {
  const float above = x > low ? x : low;
  return above < high ? above : high;
}

/// As nearest() and clamped(): from low to high and to an integer.
template <typename V>
RBEE_PART_OF_CALLER void to_levels(V& x, float low, float high) {
  const V lows = low - V{}, highs = high - V{};
  x = x > lows ? x : lows;
  x = x < highs ? x : highs;
  x = (x + kOneIsTheLastBit) - kOneIsTheLastBit;
}

struct Extent {
  float low, high;
};

RBEE_PART_OF_CALLER Extent extent_of(const float* x) {
  Extent extent{x[0], x[0]};
  for (int i = 1; i < kGroupValues; ++i) {
    extent.low = x[i] < extent.low ? x[i] : extent.low;
    extent.high = x[i] > extent.high ? x[i] : extent.high;
  }
  return extent;
}

/// Sums over a group with weights w.
struct GroupSums {
  float w = 0, wx = 0;
};

/// The weights |x| + rms: large values matter more, none is forgotten.
RBEE_PART_OF_CALLER GroupSums weigh(const float* x, float rms, float* w) {
  GroupSums sums;
  for (int i = 0; i < kGroupValues; ++i) {
    w[i] = rms + (x[i] < 0 ? -x[i] : x[i]);
    sums.w += w[i];
    sums.wx += w[i] * x[i];
  }
  return sums;
}

RBEE_PART_OF_CALLER float squares_of(const float* x) {
  float sum = 0;
  for (int i = 0; i < kGroupValues; ++i) sum += x[i] * x[i];
  return sum;
}

/// Per candidate, with q = level of (x - offset) * inverse, from low to high.
struct FitSums {
  float wq[kCandidates], wqq[kCandidates], wqx[kCandidates];
};

template <int width>
RBEE_PART_OF_CALLER void fit_sums(const float* x, const float* w, const float* offsets, const float* inverses,
                                  float low, float high, FitSums& sums) {
  for (int c = 0; c < kCandidates; c += width) {
    Vector<width> offset, inverse, wq{}, wqq{}, wqx{};
    load(offset, offsets + c);
    load(inverse, inverses + c);
    for (int i = 0; i < kGroupValues; ++i) {
      Vector<width> q = (x[i] - offset) * inverse;
      to_levels(q, low, high);
      const Vector<width> weighted = w[i] * q;
      wq += weighted;
      wqq += weighted * q;
      wqx += weighted * x[i];
    }
    store(sums.wq + c, wq);
    store(sums.wqq + c, wqq);
    store(sums.wqx + c, wqx);
  }
}

}  // namespace rbee::formats
