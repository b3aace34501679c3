#pragma once
// Matrix times vectors with quantized weights and int16 activations, over any integer vector type of int_*.h.

#include <limits>

#include "engine/backend/cpu/kernels/unpack_panel.h"

namespace rbee::engine::cpu {

/// A panel in scratch memory and the activations it is multiplied with, from the same k on.
struct PanelTile {
  const std::uint8_t* bytes;
  const float* scales;
  const float* mins;
  std::size_t blocks;   // of 32 values
  QuantizedRows x;      // of the tile's first token
  std::size_t columns;  // the matmul's: strides of x
  float* y;             // token c, row r at y[c * y_stride + r]
  std::size_t y_stride;
  int add;  // to y; 0 for the first values of k
};

/// All products of quantized weights are computed here, whatever the number of tokens C.
template <class I, class F, std::size_t C>
void panel_tile(const PanelTile& t) {
  using V = typename I::Vec;
  const auto two = [](const std::int16_t* x) {
    std::uint32_t both;
    __builtin_memcpy(&both, x, 4);
    return I::set1(both);
  };
  constexpr std::size_t kGroups = 8 / F::kParts;  // of four values, under one scale
  // The sum starts at what the offset of the bytes will have added, negated; from there it stays within 32 bits.
  constexpr std::int64_t kOffset =
      F::kOffsetShift < 0 ? 0 : std::int64_t{1} << (F::kOffsetShift < 0 ? 0 : F::kOffsetShift);
  static_assert(32 / F::kParts * 32768 * (F::kMost + kOffset) <= std::numeric_limits<std::int32_t>::max());
  typename I::FVec sums[C];
#pragma GCC unroll 8
  for (std::size_t c = 0; c < C; ++c) sums[c] = t.add != 0 ? I::fload(t.y + c * t.y_stride) : I::fset1(0.0F);
  const std::size_t blocks_stride = t.columns / 32;
  for (std::size_t b = 0; b < t.blocks; ++b) {
#pragma GCC unroll 2
    for (std::size_t part = 0; part < F::kParts; ++part) {
      V products[C];
      [[maybe_unused]] V others = I::set1(0);  // a second chain of sums where one would be waited for
#pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) {
        const std::int32_t* minus = F::kParts == 1 ? t.x.minus_sums + c * blocks_stride + b
                                                   : t.x.minus_half_sums + 2 * (c * blocks_stride + b) + part;
        products[c] = I::set1(0);
        if constexpr (F::kOffsetShift >= 0) {
          products[c] = I::template shift_left<F::kOffsetShift>(I::set1(static_cast<std::uint32_t>(*minus)));
        }
      }
#pragma GCC unroll 8
      for (std::size_t g = 0; g < kGroups; ++g) {
        const std::size_t group = 8 * b + kGroups * part + g;
        const V w = I::load(t.bytes + 4 * I::kRows * group);
        const V even = I::even_bytes(w), odd = I::odd_bytes(w);
#pragma GCC unroll 8
        for (std::size_t c = 0; c < C; ++c) {
          const std::int16_t* x = t.x.q + c * t.columns + 4 * group;
          products[c] = I::dot(products[c], even, two(x));
          auto& rest = C == 1 ? others : products[c];
          rest = I::dot(rest, odd, two(x + 2));
        }
      }
      if constexpr (C == 1) products[0] = I::add(products[0], others);
      const auto scale = I::fload(t.scales + I::kRows * (F::kParts * b + part));
#pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) {
        const auto factor = I::fmul(scale, I::fset1(t.x.scales[c * blocks_stride + b]));
        sums[c] = I::fma(I::to_float(products[c]), factor, sums[c]);
      }
    }
    if constexpr (F::kMins) {
      const auto min = I::fload(t.mins + I::kRows * b);
#pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) {
        sums[c] = I::fnma(min, I::fset1(t.x.scaled_sums[c * blocks_stride + b]), sums[c]);
      }
    }
  }
#pragma GCC unroll 8
  for (std::size_t c = 0; c < C; ++c) I::fstore(t.y + c * t.y_stride, sums[c]);
}

template <class I, class F, std::size_t C>
void panel_tile_upto(const PanelTile& t, std::size_t tokens) {
  if (tokens == C) {
    panel_tile<I, F, C>(t);
  } else if constexpr (C > 1) {
    panel_tile_upto<I, F, C - 1>(t, tokens);
  }
}

/// The tile for fewer rows than a panel has, through a buffer.
template <class I, class F>
void partial_panel_tile(PanelTile t, std::size_t tokens, std::size_t rows) {
  float buffer[I::kColumns * I::kRows] = {};
  float* y = t.y;
  const std::size_t stride = t.y_stride;
  if (t.add != 0) {
    for (std::size_t c = 0; c < tokens; ++c) __builtin_memcpy(buffer + c * I::kRows, y + c * stride, rows * 4);
  }
  t.y = buffer;
  t.y_stride = I::kRows;
  panel_tile_upto<I, F, I::kColumns>(t, tokens);
  for (std::size_t c = 0; c < tokens; ++c) __builtin_memcpy(y + c * stride, buffer + c * I::kRows, rows * 4);
}

/// Unpacks values [k, k + n) of the panel's rows; prefetches the bytes that the next panel has at this point.
template <class I, class F>
void unpack_panel(const std::byte* const* rows, std::size_t k, std::size_t n, PanelPart<I> to, const std::byte* next) {
  for (std::size_t i = 0; i < n; i += F::kValues) {
    const std::size_t block = (k + i) / F::kValues;
    if (next != nullptr) {
      // Neighbouring rows are neighbours in memory, so the next panel is one stretch to walk through.
      const std::byte* p = next + block * F::kBytes * I::kRows;
      for (std::size_t line = 0; line < F::kBytes * I::kRows; line += 64) I::prefetch(p + line);
    }
    F::block(rows, block * F::kBytes, to);
    to.bytes += F::kValues * I::kRows;
    to.scales += F::kValues / 32 * F::kParts * I::kRows;
    to.mins += F::kValues / 32 * I::kRows;
  }
}

template <class I, class F>
void quantized_matmul_of(const QuantizedMatmul& m) {
  auto* bytes = reinterpret_cast<std::uint8_t*>(m.scratch);
  float* scales = m.scratch + I::kRows * kPanelBlock / 4;
  float* mins = scales + I::kRows * kPanelBlock / 16;
  for (std::size_t r = m.row_begin; r < m.row_end; r += I::kRows) {
    const std::size_t count = m.row_end - r < I::kRows ? m.row_end - r : I::kRows;
    const std::byte* rows[I::kRows];
    for (std::size_t i = 0; i < I::kRows; ++i) {
      rows[i] = m.weights + (r + (i < count ? i : count - 1)) * m.row_bytes;  // rows beyond the last repeat it
    }
    const std::byte* next = r + 2 * I::kRows <= m.row_end ? m.weights + (r + I::kRows) * m.row_bytes : nullptr;
    for (std::size_t k = 0; k < m.columns; k += kPanelBlock) {
      const std::size_t n = m.columns - k < kPanelBlock ? m.columns - k : kPanelBlock;
      unpack_panel<I, F>(rows, k, n, {bytes, scales, mins}, next);
      for (std::size_t t = 0; t < m.tokens; t += I::kColumns) {
        const std::size_t tokens = m.tokens - t < I::kColumns ? m.tokens - t : I::kColumns;
        const std::size_t block = (t * m.columns + k) / 32;
        const PanelTile tile{.bytes = bytes,
                             .scales = scales,
                             .mins = mins,
                             .blocks = n / 32,
                             .x = {.q = m.x.q + t * m.columns + k,
                                   .scales = m.x.scales + block,
                                   .scaled_sums = m.x.scaled_sums + block,
                                   .minus_sums = m.x.minus_sums + block,
                                   .minus_half_sums = m.x.minus_half_sums + 2 * block},
                             .columns = m.columns,
                             .y = m.y + t * m.y_stride + r,
                             .y_stride = m.y_stride,
                             .add = k != 0};
        if (count == I::kRows) {
          panel_tile_upto<I, F, I::kColumns>(tile, tokens);
        } else {
          partial_panel_tile<I, F>(tile, tokens, count);
        }
      }
    }
  }
}

template <class I>
void quantized_matmul(const QuantizedMatmul& m) {
  switch (m.type) {
    case BlockType::kQ8_0:
      return quantized_matmul_of<I, UnpackQ8_0<I>>(m);
    case BlockType::kQ4_0:
      return quantized_matmul_of<I, UnpackQ4_0<I>>(m);
    case BlockType::kQ5_0:
      return quantized_matmul_of<I, UnpackQ5_0<I>>(m);
    case BlockType::kQ4_K:
      return quantized_matmul_of<I, UnpackQ4_K<I>>(m);
    case BlockType::kQ5_K:
      return quantized_matmul_of<I, UnpackQ5_K<I>>(m);
    case BlockType::kQ6_K:
      return quantized_matmul_of<I, UnpackQ6_K<I>>(m);
    case BlockType::kIQ4_NL:
      return quantized_matmul_of<I, UnpackIQ4_NL<I>>(m);
  }
}

}  // namespace rbee::engine::cpu
