#pragma once
// Products of weight blocks with activations where an instruction multiplies pairs: two tokens times two rows.

#include <algorithm>

#include "engine/backend/cpu/kernels/block_products.h"

namespace rbee::engine::cpu {

/// Whether I::dot_pairs multiplies eight values of two tokens with those of two rows: lanes [token][row].
template <class I>
concept MultipliesPairs = requires(typename I::Vec v) {
  I::dot_pairs(v, v, v);
};

/// Eight words of four rows, each neighbouring two turned into pairs of rows: eight values of rows 0 and 1, then of
/// rows 2 and 3.
template <class I>
[[gnu::always_inline]] inline void pair_rows(typename I::Vec* v) {
#pragma GCC unroll 4
  for (std::size_t g = 0; g < 8; g += 2) {
    const typename I::Vec even = v[g], odd = v[g + 1];
    v[g] = I::low_words(even, odd);
    v[g + 1] = I::high_words(even, odd);
  }
}

/// sums_by_words, where rows(g, r) is a pair of rows of pair_rows: for even g eight values of rows 0 and 1, for the odd
/// g above it those of rows 2 and 3. A last token without a second is multiplied twice.
template <class I, class F, std::size_t C, std::size_t R, class Rows>
[[gnu::always_inline]] inline void sums_by_pairs(typename I::Vec (&sums)[C][R], const QuantizedBlock* x,
                                                 std::size_t x_stride, std::size_t part, const Rows& rows) {
  using V = typename I::Vec;
  constexpr std::size_t kGroups = 8 / F::kParts, kTokenPairs = (C + 1) / 2;
  const auto token = [&](std::size_t c) -> const QuantizedBlock& { return x[std::min(c, C - 1) * x_stride]; };
  V low[kTokenPairs][R], high[kTokenPairs][R];  // rows 0 and 1, rows 2 and 3
#pragma GCC unroll 4
  for (std::size_t p = 0; p < kTokenPairs; ++p) {
    const V first = I::low_halves(start<I, F>(token(2 * p), part), start<I, F>(token(2 * p + 1), part));
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) low[p][r] = high[p][r] = first;
  }
#pragma GCC unroll 2
  for (std::size_t g = kGroups * part; g < kGroups * (part + 1); g += 4) {  // sixteen values
    V numbers[kTokenPairs][2];
#pragma GCC unroll 4
    for (std::size_t p = 0; p < kTokenPairs; ++p) {
      const V a = I::load(token(2 * p).q + 4 * g), b = I::load(token(2 * p + 1).q + 4 * g);
      numbers[p][0] = I::low_halves(a, b);
      numbers[p][1] = I::high_halves(a, b);
    }
#pragma GCC unroll 2
    for (std::size_t i = 0; i < 2; ++i) {
#pragma GCC unroll 4
      for (std::size_t r = 0; r < R; ++r) {
        const V below = rows(g + 2 * i, r), above = rows(g + 2 * i + 1, r);
#pragma GCC unroll 4
        for (std::size_t p = 0; p < kTokenPairs; ++p) {
          low[p][r] = I::dot_pairs(low[p][r], numbers[p][i], below);
          high[p][r] = I::dot_pairs(high[p][r], numbers[p][i], above);
        }
      }
    }
  }
#pragma GCC unroll 8
  for (std::size_t c = 0; c < C; ++c) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) {
      const V first = low[c / 2][r], second = high[c / 2][r];
      sums[c][r] = c % 2 == 0 ? I::low_halves(first, second) : I::high_halves(first, second);
    }
  }
}

/// add_block for C tokens, x_stride blocks apart, one pair after the other: registers do not do for more. `v` holds
/// pairs of rows.
template <class I, class F, std::size_t C>
[[gnu::always_inline]] inline void add_block_by_pairs(typename I::FVec* y, const typename I::Vec* v,
                                                      const typename I::FVec* scales, const typename I::FVec* mins,
                                                      const QuantizedBlock* x, std::size_t x_stride) {
  constexpr std::size_t kTokens = std::min<std::size_t>(C, 2);
#pragma GCC unroll 2
  for (std::size_t part = 0; part < F::kParts; ++part) {
    typename I::Vec sums[kTokens][1];
    const auto rows = [&](std::size_t g, std::size_t) __attribute__((always_inline)) {
      return v[g];
    };
    sums_by_pairs<I, F>(sums, x, x_stride, part, rows);
    const typename I::FVec minus_bias = minus_bias_of<I>(scales[part]);
#pragma GCC unroll 2
    for (std::size_t c = 0; c < kTokens; ++c) {
      y[c] = I::fma(scaled<I>(sums[c][0], scales[part], minus_bias), I::fset1(x[c * x_stride].scale), y[c]);
    }
  }
  if constexpr (F::kMins) {
#pragma GCC unroll 2
    for (std::size_t c = 0; c < kTokens; ++c) y[c] = I::fnma(mins[0], I::fset1(x[c * x_stride].scaled_sum), y[c]);
  }
  if constexpr (C > 2) add_block_by_pairs<I, F, C - 2>(y + 2, v, scales, mins, x + 2 * x_stride, x_stride);
}

}  // namespace rbee::engine::cpu
