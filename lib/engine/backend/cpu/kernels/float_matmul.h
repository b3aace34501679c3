#pragma once
// Matrix times vectors with packed float32, float16 and bfloat16 weights, over any vector type of simd_*.h.

#include <type_traits>

#include "engine/backend/cpu/kernels/kernel_args.h"

namespace rbee::engine::cpu {

// How a panel's weights are multiplied. Input is what a token's values are; load() takes the words of two neighbouring
// k for kLanes rows; add() adds their products with a token's two values, and add_first() the first one's alone.
template <class S>
struct FloatWeights {
  using Input = float;
  struct Pair {
    typename S::Vec even, odd;
  };
  static typename S::Vec add(typename S::Vec y, const Pair& w, const float* x) {
    return S::fma(w.odd, S::set1(x[1]), S::fma(w.even, S::set1(x[0]), y));
  }
  static typename S::Vec add_first(typename S::Vec y, const Pair& w, const float* x) {
    return S::fma(w.even, S::set1(x[0]), y);
  }
};
template <class S>
struct PanelF32 : FloatWeights<S> {
  using typename FloatWeights<S>::Pair;
  static constexpr std::size_t kPairBytes = 2 * kPanelLine;
  static Pair load(const std::byte* p) { return {S::load(p), S::load(p + kPanelLine)}; }
  static Pair load_first(const std::byte* p) { return {S::load(p), S::zero()}; }
};
template <class S>
struct PanelF16 : FloatWeights<S> {
  using typename FloatWeights<S>::Pair;
  static constexpr std::size_t kPairBytes = kPanelLine;
  static Pair load(const std::byte* p) {
    Pair pair;
    S::load_f16_pairs(p, pair.even, pair.odd);
    return pair;
  }
  static Pair load_first(const std::byte* p) { return load(p); }
};
template <class S>
struct PanelBF16 : FloatWeights<S> {
  using typename FloatWeights<S>::Pair;
  static constexpr std::size_t kPairBytes = kPanelLine;
  static Pair load(const std::byte* p) {
    Pair pair;
    S::load_bf16_pairs(p, pair.even, pair.odd);
    return pair;
  }
  static Pair load_first(const std::byte* p) { return load(p); }
};
/// Products of bfloat16 with bfloat16.
template <class S>
struct PairsBF16 {
  using Input = std::uint16_t;
  using Pair = const std::byte*;
  static constexpr std::size_t kPairBytes = kPanelLine;
  static Pair load(const std::byte* p) { return p; }
  static Pair load_first(const std::byte* p) { return p; }
  static typename S::Vec add(typename S::Vec y, Pair w, const std::uint16_t* x) {
    std::uint32_t both;
    __builtin_memcpy(&both, x, 4);
    return S::dot_bf16_pairs(y, w, both);
  }
  static typename S::Vec add_first(typename S::Vec y, Pair w, const std::uint16_t* x) { return add(y, w, x); }
};

/// R vectors of rows from `rows` on, C tokens from `x` on, `n` values of k.
template <std::size_t R, class Input>
struct FloatPanelTile {
  const std::byte* rows[R];
  const Input* x;
  std::size_t x_stride;
  std::size_t n;
  float* y;  // token c, row r at y[c * y_stride + r]
  std::size_t y_stride;
  bool add;           // to y; false for the first values of k
  std::size_t ahead;  // bytes from weights to those worth fetching
};

/// Every product of float weights is computed here: one chain of sums per output, in the order of k.
template <class S, template <class> class W, std::size_t R, std::size_t C>
void float_panel_tile(const FloatPanelTile<R, typename W<S>::Input>& t) {
  using V = typename S::Vec;
  using Pair = typename W<S>::Pair;
  V y[R][C];
#pragma GCC unroll 16
  for (std::size_t c = 0; c < C; ++c) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) {
      y[r][c] = t.add ? S::load(t.y + c * t.y_stride + r * S::kLanes) : S::zero();
    }
  }
  std::size_t k = 0;
  for (; k + 2 <= t.n; k += 2) {
    Pair w[R];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) {
      const std::byte* p = t.rows[r] + k / 2 * W<S>::kPairBytes;
      S::prefetch(p + t.ahead);
      w[r] = W<S>::load(p);
    }
#pragma GCC unroll 16
    for (std::size_t c = 0; c < C; ++c) {
#pragma GCC unroll 4
      for (std::size_t r = 0; r < R; ++r) y[r][c] = W<S>::add(y[r][c], w[r], t.x + c * t.x_stride + k);
    }
  }
  if (k < t.n) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) {
      const Pair last = W<S>::load_first(t.rows[r] + k / 2 * W<S>::kPairBytes);
#pragma GCC unroll 16
      for (std::size_t c = 0; c < C; ++c) y[r][c] = W<S>::add_first(y[r][c], last, t.x + c * t.x_stride + k);
    }
  }
#pragma GCC unroll 16
  for (std::size_t c = 0; c < C; ++c) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) S::store(t.y + c * t.y_stride + r * S::kLanes, y[r][c]);
  }
}

template <class S, template <class> class W, std::size_t R, std::size_t C>
void float_panel_tile_upto(const FloatPanelTile<R, typename W<S>::Input>& t, std::size_t tokens) {
  if (tokens == C) {
    float_panel_tile<S, W, R, C>(t);
  } else if constexpr (C > 1) {
    float_panel_tile_upto<S, W, R, C - 1>(t, tokens);
  }
}

/// The tile where the last of its rows do not exist, through a buffer.
template <class S, template <class> class W, std::size_t R, std::size_t C>
void partial_float_tile(FloatPanelTile<R, typename W<S>::Input> t, std::size_t tokens, std::size_t rows) {
  constexpr std::size_t kStride = R * S::kLanes;
  float buffer[C * kStride] = {};
  float* y = t.y;
  const std::size_t stride = t.y_stride;
  if (t.add) {
    for (std::size_t c = 0; c < tokens; ++c) __builtin_memcpy(buffer + c * kStride, y + c * stride, rows * 4);
  }
  t.y = buffer;
  t.y_stride = kStride;
  float_panel_tile_upto<S, W, R, C>(t, tokens);
  for (std::size_t c = 0; c < tokens; ++c) __builtin_memcpy(y + c * stride, buffer + c * kStride, rows * 4);
}

/// Rows [r, r + R vectors), as far as there are any, times tokens [t, t + tokens), for values [k, k + n).
template <class S, template <class> class W, std::size_t R, std::size_t C>
void float_tile_at(const FloatMatmul& m, std::size_t r, std::size_t t, std::size_t tokens, std::size_t k, std::size_t n,
                   std::size_t ahead) {
  const std::size_t rows = m.row_end - r < R * S::kLanes ? m.row_end - r : R * S::kLanes;
  const typename W<S>::Input* x = nullptr;
  if constexpr (std::is_same_v<typename W<S>::Input, float>) {
    x = m.x;
  } else {
    x = m.x_bf16;
  }
  FloatPanelTile<R, typename W<S>::Input> tile{.rows = {},
                                               .x = x + t * m.x_stride + k,
                                               .x_stride = m.x_stride,
                                               .n = n,
                                               .y = m.y + t * m.y_stride + r,
                                               .y_stride = m.y_stride,
                                               .add = k != 0,
                                               .ahead = ahead};
  for (std::size_t i = 0; i < R; ++i) {
    // Vectors without rows repeat the first.
    const std::size_t row = i * S::kLanes < rows ? r + i * S::kLanes : r;
    tile.rows[i] = m.panels + row / kPanelRows * m.panel_bytes + 4 * (row % kPanelRows) + k / 2 * W<S>::kPairBytes;
  }
  if (rows == R * S::kLanes) {
    float_panel_tile_upto<S, W, R, C>(tile, tokens);
  } else {
    partial_float_tile<S, W, R, C>(tile, tokens, rows);
  }
}

/// n values to bfloat16, and a zero behind an odd number of them.
template <class S>
void round_bf16_row(const float* x, std::uint16_t* y, std::size_t n) {
  std::size_t i = 0;
  for (; i + S::kLanes <= n; i += S::kLanes) S::store_bf16(y + i, S::load(x + i));
  if (i < n) S::store_bf16(y + i, S::load(x + i, n - i), n - i);
  if (n % 2 != 0) y[n] = 0;
}

/// As many tokens as one tile has, at most: the panels are read from front to back.
template <class S, template <class> class W, std::size_t R, std::size_t C>
void stream_rows(const FloatMatmul& m) {
  for (std::size_t r = m.row_begin; r < m.row_end; r += R * S::kLanes) {
    float_tile_at<S, W, R, C>(m, r, 0, m.tokens, 0, m.columns, kFloatAhead);
  }
}

template <class S, template <class> class W>
void float_matmul_of(const FloatMatmul& m) {
  constexpr std::size_t kVectors = 2;  // of rows, each a stream to read and a chain of sums per token
  if (m.tokens <= S::kPanelColumns) return stream_rows<S, W, kVectors, S::kPanelColumns>(m);
  for (std::size_t chunk = m.row_begin; chunk < m.row_end; chunk += kFloatChunkRows) {
    const std::size_t chunk_end = m.row_end - chunk < kFloatChunkRows ? m.row_end : chunk + kFloatChunkRows;
    for (std::size_t k = 0; k < m.columns; k += kFloatChunkColumns) {
      const std::size_t n = m.columns - k < kFloatChunkColumns ? m.columns - k : kFloatChunkColumns;
      for (std::size_t t = 0; t < m.tokens; t += S::kPanelColumns) {
        const std::size_t tokens = m.tokens - t < S::kPanelColumns ? m.tokens - t : S::kPanelColumns;
        for (std::size_t r = chunk; r < chunk_end; r += kVectors * S::kLanes) {
          float_tile_at<S, W, kVectors, S::kPanelColumns>(m, r, t, tokens, k, n, 0);
        }
      }
    }
  }
}

template <class S>
void float_matmul(const FloatMatmul& m) {
  switch (m.type) {
    case FloatType::kF32:
      return float_matmul_of<S, PanelF32>(m);
    case FloatType::kF16:
      return float_matmul_of<S, PanelF16>(m);
    case FloatType::kBF16:
      if constexpr (S::kBf16Products) {
        if (m.x_bf16 != nullptr) return float_matmul_of<S, PairsBF16>(m);
      }
      return float_matmul_of<S, PanelBF16>(m);
  }
}

}  // namespace rbee::engine::cpu
