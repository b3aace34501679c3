#pragma once
// Products of weight blocks in registers with whole activations, over any integer vector type of int_*.h.

#include <cstddef>

#include "engine/backend/cpu/kernels/block_formats.h"

namespace rbee::engine::cpu {

template <class I>
[[gnu::always_inline]] inline typename I::Vec four(const std::int8_t* x) {
  std::uint32_t all;
  __builtin_memcpy(&all, x, 4);
  return I::set1(all);
}

/// What the sum of a part starts with: the offset of its numbers, taken back, and kSumBias.
template <class I, class F>
[[gnu::always_inline]] inline typename I::Vec start(const QuantizedBlock& x, std::size_t part) {
  static_assert(F::kOffset == 0 || (F::kParts == 2) == (F::kOffset == 32));
  std::int32_t first = kSumBias;
  if constexpr (F::kOffset == 8) first = x.start_8;
  if constexpr (F::kOffset == 16) first = x.start_16;
  if constexpr (F::kOffset == 32) first = x.half_starts_32[part];
  if constexpr (F::kOffset == 128) first = x.start_128;
  return I::set1(static_cast<std::uint32_t>(first));
}

/// Likewise, without kSumBias.
template <class I, class F>
[[gnu::always_inline]] inline typename I::Vec plain_start(const QuantizedBlock& x, std::size_t part) {
  return I::add(start<I, F>(x, part), I::set1(-static_cast<std::uint32_t>(kSumBias)));
}

template <class I>
[[gnu::always_inline]] inline typename I::FVec minus_bias_of(typename I::FVec scale) {
  return I::fmul(scale, I::fset1(-kSumBiasValue));
}

/// A sum that began with start(), without its bias and times the weight scale.
template <class I>
[[gnu::always_inline]] inline typename I::FVec scaled(typename I::Vec sum, typename I::FVec scale,
                                                      typename I::FVec minus_bias) {
  if constexpr (I::kFusedFma) {
    return I::fma(I::as_float(sum), scale, minus_bias);
  } else {
    return I::fmul(I::to_float(I::add(sum, I::set1(-static_cast<std::uint32_t>(kSumBias)))), scale);
  }
}

template <class I, class F>
[[gnu::always_inline]] inline typename I::Vec dot(typename I::Vec sum, typename I::Vec w, typename I::Vec x) {
  if constexpr (F::kSigned) {
    return I::dot_signed(sum, w, x);
  } else {
    return I::dot(sum, w, x);
  }
}

/// The exact sums of a part's products of C tokens, x_stride blocks apart, with R vectors of rows: rows(g, r) is word
/// g of 32 values of vector r.
template <class I, class F, std::size_t C, std::size_t R, class Rows>
[[gnu::always_inline]] inline void sums_by_words(typename I::Vec (&sums)[C][R], const QuantizedBlock* x,
                                                 std::size_t x_stride, std::size_t part, const Rows& rows) {
  using V = typename I::Vec;
  constexpr std::size_t kGroups = 8 / F::kParts;
#pragma GCC unroll 8
  for (std::size_t c = 0; c < C; ++c) {
    const V first = start<I, F>(x[c * x_stride], part);
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) sums[c][r] = first;
  }
#pragma GCC unroll 8
  for (std::size_t g = kGroups * part; g < kGroups * (part + 1); ++g) {
    V words[R];
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) words[r] = rows(g, r);
#pragma GCC unroll 8
    for (std::size_t c = 0; c < C; ++c) {
      const V numbers = four<I>(x[c * x_stride].q + 4 * g);
#pragma GCC unroll 4
      for (std::size_t r = 0; r < R; ++r) sums[c][r] = dot<I, F>(sums[c][r], words[r], numbers);
    }
  }
}

/// The exact sum of a part's products with one token, v being its numbers, times the weight scale.
template <class I, class F, bool kFine>
[[gnu::always_inline]] inline typename I::FVec products(const typename I::Vec* v, typename I::FVec scale,
                                                        const QuantizedBlock& x, const std::int8_t* low,
                                                        std::size_t part) {
  constexpr std::size_t kGroups = 8 / F::kParts;  // of four values, under one scale
  const std::size_t first = kGroups * part;
  typename I::Vec sum = kFine ? I::set1(0) : start<I, F>(x, part);
#pragma GCC unroll 8
  for (std::size_t g = 0; g < kGroups; ++g) sum = dot<I, F>(sum, v[first + g], four<I>(x.q + 4 * (first + g)));
  if constexpr (!kFine) return scaled<I>(sum, scale, minus_bias_of<I>(scale));
  sum = I::template shift_left<7>(sum);
#pragma GCC unroll 8
  for (std::size_t g = 0; g < kGroups; ++g) sum = dot<I, F>(sum, v[first + g], four<I>(low + 4 * (first + g)));
  return I::fmul(I::to_float(I::add(sum, plain_start<I, F>(x, part))), scale);
}

/// 32 values of k for one token: y plus their products.
template <class I, class F, bool kFine>
[[gnu::always_inline]] inline typename I::FVec add_block(typename I::FVec y, const typename I::Vec* v,
                                                         const typename I::FVec* scales, const typename I::FVec* mins,
                                                         const QuantizedBlock& x, const std::int8_t* low) {
#pragma GCC unroll 2
  for (std::size_t part = 0; part < F::kParts; ++part) {
    y = I::fma(products<I, F, kFine>(v, scales[part], x, low, part), I::fset1(x.scale), y);
  }
  if constexpr (F::kMins) y = I::fnma(mins[0], I::fset1(x.scaled_sum), y);
  return y;
}

}  // namespace rbee::engine::cpu
