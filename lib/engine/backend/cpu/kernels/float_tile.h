#pragma once
// Dot products of a few rows with a few vectors, over any vector type of simd_*.h: attention's scores.

#include "engine/backend/cpu/kernels/kernel_args.h"

namespace rbee::engine::cpu {

template <class S>
struct LoadF32 {
  static constexpr std::size_t kBytes = 4;
  static typename S::Vec load(const std::byte* p) { return S::load(p); }
  static typename S::Vec load(const std::byte* p, std::size_t n) { return S::load(p, n); }
};
template <class S>
struct LoadF16 {
  static constexpr std::size_t kBytes = 2;
  static typename S::Vec load(const std::byte* p) { return S::load_f16(p); }
  static typename S::Vec load(const std::byte* p, std::size_t n) { return S::load_f16(p, n); }
};
template <class S>
struct LoadBF16 {
  static constexpr std::size_t kBytes = 2;
  static typename S::Vec load(const std::byte* p) { return S::load_bf16(p); }
  static typename S::Vec load(const std::byte* p, std::size_t n) { return S::load_bf16(p, n); }
};

/// A tile's operands: R weight rows from `w`, C tokens from `x`, `n` values of each, any number.
struct FloatTile {
  const std::byte* w;
  std::size_t w_stride;  // bytes
  const float* x;
  std::size_t x_stride;  // floats
  std::size_t n;
  float* y;  // token c, row r at y[c * y_stride + r]
  std::size_t y_stride;
  int add;            // to y; 0 for a row's first block
  std::size_t ahead;  // bytes from a weight to one worth prefetching; 0: do not
};

template <class S, template <class> class W, std::size_t R, std::size_t C>
void float_tile(const FloatTile& t) {
  using V = typename S::Vec;
  V acc[R][C];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (std::size_t c = 0; c < C; ++c) acc[r][c] = S::zero();
  }
  std::size_t k = 0;
  for (; k + S::kLanes <= t.n; k += S::kLanes) {
    V x[C];
#pragma GCC unroll 8
    for (std::size_t c = 0; c < C; ++c) x[c] = S::load(t.x + c * t.x_stride + k);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < R; ++r) {
      const std::byte* p = t.w + r * t.w_stride + k * W<S>::kBytes;
      if (t.ahead != 0) S::prefetch(p + t.ahead);
      const V w = W<S>::load(p);
#pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) acc[r][c] = S::fma(w, x[c], acc[r][c]);
    }
  }
  if (const std::size_t rest = t.n - k; rest != 0) {
    V x[C];
#pragma GCC unroll 8
    for (std::size_t c = 0; c < C; ++c) x[c] = S::load(t.x + c * t.x_stride + k, rest);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < R; ++r) {
      const V w = W<S>::load(t.w + r * t.w_stride + k * W<S>::kBytes, rest);
#pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) acc[r][c] = S::fma(w, x[c], acc[r][c]);
    }
  }
#pragma GCC unroll 8
  for (std::size_t c = 0; c < C; ++c) {
    float* y = t.y + c * t.y_stride;
    if constexpr (R == 4) {
      S::sum4(acc[0][c], acc[1][c], acc[2][c], acc[3][c], y, t.add);
    } else {
#pragma GCC unroll 8
      for (std::size_t r = 0; r < R; ++r) y[r] = t.add != 0 ? y[r] + S::sum(acc[r][c]) : S::sum(acc[r][c]);
    }
  }
}

/// The tile with `columns` (1 to C) tokens.
template <class S, template <class> class W, std::size_t R, std::size_t C>
void float_tile_upto(const FloatTile& t, std::size_t columns) {
  if (columns == C) {
    float_tile<S, W, R, C>(t);
  } else if constexpr (C > 1) {
    float_tile_upto<S, W, R, C - 1>(t, columns);
  }
}

/// All tokens for rows [begin, end) of one block of k, where t.w and t.y are those of row 0 and token 0. Tokens are the
/// outer loop where rows are many (the tokens then stay in L1), the inner one for a single group of rows.
template <class S, template <class> class W>
void float_block(FloatTile t, std::size_t rows, std::size_t tokens) {
  const std::byte* w = t.w;
  float* y = t.y;
  const float* x = t.x;
  for (std::size_t c = 0; c < tokens; c += S::kTileColumns) {
    const std::size_t columns = tokens - c < S::kTileColumns ? tokens - c : S::kTileColumns;
    t.x = x + c * t.x_stride;
    std::size_t r = 0;
    for (; r + S::kTileRows <= rows; r += S::kTileRows) {
      t.w = w + r * t.w_stride;
      t.y = y + c * t.y_stride + r;
      float_tile_upto<S, W, S::kTileRows, S::kTileColumns>(t, columns);
    }
    for (; r < rows; ++r) {
      t.w = w + r * t.w_stride;
      t.y = y + c * t.y_stride + r;
      float_tile_upto<S, W, 1, S::kTileColumns>(t, columns);
    }
    t.ahead = 0;  // the weights are in a cache after the first tokens
  }
}

}  // namespace rbee::engine::cpu
