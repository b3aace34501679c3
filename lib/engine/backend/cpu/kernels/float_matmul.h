#pragma once
// Matrix times vectors with packed float32, float16 and bfloat16 weights, over any vector type of simd_*.h.

#include "engine/backend/cpu/kernels/kernel_args.h"

namespace rbee::engine::cpu {

// How a panel's bytes become vectors: `pair` gives the weights of two neighbouring k for kLanes rows, from the place of
// the first row's word of the even k.
template <class S>
struct PanelF32 {
  static constexpr std::size_t kPairBytes = 2 * kPanelLine;
  static void pair(const std::byte* p, typename S::Vec& even, typename S::Vec& odd) {
    even = S::load(p);
    odd = S::load(p + kPanelLine);
  }
  static typename S::Vec first(const std::byte* p) { return S::load(p); }
};
template <class S>
struct PanelF16 {
  static constexpr std::size_t kPairBytes = kPanelLine;
  static void pair(const std::byte* p, typename S::Vec& even, typename S::Vec& odd) { S::load_f16_pairs(p, even, odd); }
  static typename S::Vec first(const std::byte* p) {
    typename S::Vec even, odd;
    S::load_f16_pairs(p, even, odd);
    return even;
  }
};
template <class S>
struct PanelBF16 {
  static constexpr std::size_t kPairBytes = kPanelLine;
  static void pair(const std::byte* p, typename S::Vec& even, typename S::Vec& odd) {
    S::load_bf16_pairs(p, even, odd);
  }
  static typename S::Vec first(const std::byte* p) {
    typename S::Vec even, odd;
    S::load_bf16_pairs(p, even, odd);
    return even;
  }
};

/// R vectors of rows from `rows` on, C tokens from `x` on, `n` values of k.
template <std::size_t R>
struct FloatPanelTile {
  const std::byte* rows[R];
  const float* x;
  std::size_t x_stride;
  std::size_t n;
  float* y;  // token c, row r at y[c * y_stride + r]
  std::size_t y_stride;
  bool add;  // to y; false for the first values of k
};

/// Every product of float weights is computed here: one chain of fma per output, in the order of k.
template <class S, template <class> class W, std::size_t R, std::size_t C>
void float_panel_tile(const FloatPanelTile<R>& t) {
  using V = typename S::Vec;
  V y[R][C];
#pragma GCC unroll 16
  for (std::size_t c = 0; c < C; ++c) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) {
      y[r][c] = t.add ? S::load(t.y + c * t.y_stride + r * S::kLanes) : S::zero();
    }
  }
  const auto multiply = [&](const V* w, std::size_t k) __attribute__((always_inline)) {
#pragma GCC unroll 16
    for (std::size_t c = 0; c < C; ++c) {
      const V x = S::set1(t.x[c * t.x_stride + k]);
#pragma GCC unroll 4
      for (std::size_t r = 0; r < R; ++r) y[r][c] = S::fma(w[r], x, y[r][c]);
    }
  };
  std::size_t k = 0;
  for (; k + 2 <= t.n; k += 2) {
    V even[R], odd[R];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) {
      const std::byte* p = t.rows[r] + k / 2 * W<S>::kPairBytes;
      if constexpr (C == 1) S::prefetch(p + kFloatAhead);
      W<S>::pair(p, even[r], odd[r]);
    }
    multiply(even, k);
    multiply(odd, k + 1);
  }
  if (k < t.n) {
    V last[R];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) last[r] = W<S>::first(t.rows[r] + k / 2 * W<S>::kPairBytes);
    multiply(last, k);
  }
#pragma GCC unroll 16
  for (std::size_t c = 0; c < C; ++c) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) S::store(t.y + c * t.y_stride + r * S::kLanes, y[r][c]);
  }
}

template <class S, template <class> class W, std::size_t R, std::size_t C>
void float_panel_tile_upto(const FloatPanelTile<R>& t, std::size_t tokens) {
  if (tokens == C) {
    float_panel_tile<S, W, R, C>(t);
  } else if constexpr (C > 1) {
    float_panel_tile_upto<S, W, R, C - 1>(t, tokens);
  }
}

/// The tile where the last of its rows do not exist, through a buffer.
template <class S, template <class> class W, std::size_t R, std::size_t C>
void partial_float_tile(FloatPanelTile<R> t, std::size_t tokens, std::size_t rows) {
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
void float_tile_at(const FloatMatmul& m, std::size_t r, std::size_t t, std::size_t tokens, std::size_t k,
                   std::size_t n) {
  const std::size_t rows = m.row_end - r < R * S::kLanes ? m.row_end - r : R * S::kLanes;
  FloatPanelTile<R> tile{.rows = {},
                         .x = m.x + t * m.x_stride + k,
                         .x_stride = m.x_stride,
                         .n = n,
                         .y = m.y + t * m.y_stride + r,
                         .y_stride = m.y_stride,
                         .add = k != 0};
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

template <class S, template <class> class W>
void float_matmul_of(const FloatMatmul& m) {
  if (m.tokens == 1) {
    constexpr std::size_t kVectors = 2;  // of rows, each a stream to read and a chain of sums
    for (std::size_t r = m.row_begin; r < m.row_end; r += kVectors * S::kLanes) {
      float_tile_at<S, W, kVectors, 1>(m, r, 0, 1, 0, m.columns);
    }
    return;
  }
  constexpr std::size_t kVectors = 2, kRows = kVectors * S::kLanes;
  for (std::size_t chunk = m.row_begin; chunk < m.row_end; chunk += kFloatChunkRows) {
    const std::size_t chunk_end = m.row_end - chunk < kFloatChunkRows ? m.row_end : chunk + kFloatChunkRows;
    for (std::size_t k = 0; k < m.columns; k += kFloatChunkColumns) {
      const std::size_t n = m.columns - k < kFloatChunkColumns ? m.columns - k : kFloatChunkColumns;
      for (std::size_t t = 0; t < m.tokens; t += S::kPanelColumns) {
        const std::size_t tokens = m.tokens - t < S::kPanelColumns ? m.tokens - t : S::kPanelColumns;
        for (std::size_t r = chunk; r < chunk_end; r += kRows) {
          float_tile_at<S, W, kVectors, S::kPanelColumns>(m, r, t, tokens, k, n);
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
      return float_matmul_of<S, PanelBF16>(m);
  }
}

}  // namespace rbee::engine::cpu
