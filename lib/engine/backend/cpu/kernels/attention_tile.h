#pragma once
// The two matrix products of attention, for a few rows at a time, over any vector type of simd_*.h.

#include "engine/backend/cpu/kernels/attention_chunk.h"

namespace rbee::engine::cpu {

/// N vectors of positions; k counts channels.
template <class S, template <class> class W, std::size_t N>
struct KeyVectors {
  const std::byte* base[N];
  std::size_t stride;
  const std::byte* next[N];
  std::size_t next_stride;
  typename S::Vec load(std::size_t k, std::size_t n) const { return W<S>::load(base[n] + k * stride); }
  void prefetch(std::size_t k, std::size_t n) const {
    if (n * S::kLanes % 16 == 0) S::prefetch(next[n] + k * next_stride);
  }
};

/// N vectors of channels; k counts positions.
template <class S, template <class> class W>
struct ValueVectors {
  const std::byte* const* rows;
  const std::byte* const* next_rows;
  std::size_t offset;
  void prefetch(std::size_t k, std::size_t n) const {
    if (n * S::kLanes * W<S>::kBytes % 64 == 0) S::prefetch(next_rows[k] + offset + n * S::kLanes * W<S>::kBytes);
  }
  typename S::Vec load(std::size_t k, std::size_t n) const {
    return W<S>::load(rows[k] + offset + n * S::kLanes * W<S>::kBytes);
  }
};

/// acc[r][n] += a[k * kStep + r * kRow] * b[k][n] for k in [begin, end), ascending: one chain of fma per lane.
template <class S, std::size_t R, std::size_t N, std::size_t kStep, std::size_t kRow, class B>
[[gnu::always_inline]] inline void multiply(const float* a, std::size_t begin, std::size_t end, const B& b,
                                            typename S::Vec (&acc)[R][N]) {
  for (std::size_t k = begin; k < end; ++k) {
    typename S::Vec v[N];
#pragma GCC unroll 8
    for (std::size_t n = 0; n < N; ++n) {
      v[n] = b.load(k, n);
      b.prefetch(k, n);
    }
#pragma GCC unroll 8
    for (std::size_t r = 0; r < R; ++r) {
      const typename S::Vec x = S::set1(a[k * kStep + r * kRow]);
#pragma GCC unroll 8
      for (std::size_t n = 0; n < N; ++n) acc[r][n] = S::fma(x, v[n], acc[r][n]);
    }
  }
}

/// Scores of R rows, `queries` [head_dim][S::kAttentionTile], at N vectors of positions from vector `at` on. Scaled
/// keys are summed up by block of channels; the blocks are added from left to right.
template <class S, template <class> class W, bool kScaled, std::size_t R, std::size_t N>
void score_tile(const AttentionChunk<S>& c, std::size_t head_dim, std::size_t at, const float* queries, float* scores) {
  using V = typename S::Vec;
  KeyVectors<S, W, N> keys;
  for (std::size_t n = 0; n < N; ++n) {
    keys.base[n] = c.keys[at + n];
    keys.next[n] = c.next_keys[at + n];
  }
  keys.stride = c.key_stride;
  keys.next_stride = c.next_key_stride;
  scores += at * S::kLanes;
  for (std::size_t begin = 0; begin < head_dim;) {
    const std::size_t end = kScaled && begin + kScaleBlock < head_dim ? begin + kScaleBlock : head_dim;
    V acc[R][N];
#pragma GCC unroll 8
    for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 8
      for (std::size_t n = 0; n < N; ++n) acc[r][n] = S::zero();
    }
    multiply<S, R, N, S::kAttentionTile, 1>(queries, begin, end, keys, acc);
#pragma GCC unroll 8
    for (std::size_t n = 0; n < N; ++n) {
      V scale = S::zero();
      if constexpr (kScaled) {
        scale = S::load(c.key_scales + begin / kScaleBlock * kAttentionChunk + (at + n) * S::kLanes);
      }
#pragma GCC unroll 8
      for (std::size_t r = 0; r < R; ++r) {
        float* to = scores + r * kAttentionChunk + n * S::kLanes;
        if constexpr (!kScaled) {
          S::store(to, acc[r][n]);
        } else {
          S::store(to, begin == 0 ? S::mul(acc[r][n], scale) : S::fma(acc[r][n], scale, S::load(to)));
        }
      }
    }
    begin = end;
  }
}

/// sums[r] += weights[r][k] * value[k] for k in [begin, end), for R rows and N vectors of channels.
template <class S, template <class> class W, std::size_t R, std::size_t N>
void value_tile(const AttentionChunk<S>& c, std::size_t channel, std::size_t begin, std::size_t end,
                const float* weights, float* sums, std::size_t sums_stride) {
  typename S::Vec acc[R][N];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (std::size_t n = 0; n < N; ++n) acc[r][n] = S::load(sums + r * sums_stride + channel + n * S::kLanes);
  }
  const ValueVectors<S, W> values{c.values, c.next_values, channel * W<S>::kBytes};
  multiply<S, R, N, 1, kAttentionChunk>(weights, begin, end, values, acc);
#pragma GCC unroll 8
  for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (std::size_t n = 0; n < N; ++n) S::store(sums + r * sums_stride + channel + n * S::kLanes, acc[r][n]);
  }
}

/// Vectors at a time: enough chains to hide the latency of fma, few enough for the registers.
template <std::size_t R>
constexpr std::size_t kAttentionVectors = R <= 2 ? 4 : 2;

/// Scores of R rows at the vectors [begin, end).
template <class S, template <class> class W, bool kScaled, std::size_t R>
void score_rows(const AttentionChunk<S>& c, std::size_t head_dim, std::size_t begin, std::size_t end,
                const float* queries, float* scores) {
  constexpr std::size_t kWide = kAttentionVectors<R>;
  std::size_t v = begin;
  for (; v + kWide <= end; v += kWide) score_tile<S, W, kScaled, R, kWide>(c, head_dim, v, queries, scores);
  for (; v + 2 <= end; v += 2) score_tile<S, W, kScaled, R, 2>(c, head_dim, v, queries, scores);
  for (; v < end; ++v) score_tile<S, W, kScaled, R, 1>(c, head_dim, v, queries, scores);
}

/// The channels [first, last) of R rows.
template <class S, template <class> class W, std::size_t R>
void value_rows(const AttentionChunk<S>& c, std::size_t first, std::size_t last, std::size_t begin, std::size_t end,
                const float* weights, float* sums, std::size_t sums_stride) {
  constexpr std::size_t kWide = kAttentionVectors<R>;
  std::size_t i = first;
  for (; i + kWide * S::kLanes <= last; i += kWide * S::kLanes) {
    value_tile<S, W, R, kWide>(c, i, begin, end, weights, sums, sums_stride);
  }
  for (; i + 2 * S::kLanes <= last; i += 2 * S::kLanes) {
    value_tile<S, W, R, 2>(c, i, begin, end, weights, sums, sums_stride);
  }
  for (; i < last; i += S::kLanes) value_tile<S, W, R, 1>(c, i, begin, end, weights, sums, sums_stride);
}

/// Calls f.template operator()<R>() with R = rows, from 1 to kMost.
template <std::size_t kMost, class F>
[[gnu::always_inline]] inline void with_rows(std::size_t rows, const F& f) {
  if (rows == kMost) {
    f.template operator()<kMost>();
  } else if constexpr (kMost > 1) {
    with_rows<kMost - 1>(rows, f);
  }
}

}  // namespace rbee::engine::cpu
