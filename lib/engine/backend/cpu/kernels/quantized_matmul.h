#pragma once
// Matrix times vectors with quantized weights and whole activations, over any integer vector type of int_*.h.

#include <algorithm>
#include <utility>

#include "engine/backend/cpu/kernels/block_products.h"
#include "engine/backend/cpu/kernels/pair_products.h"

namespace rbee::engine::cpu {

/// The packed rows of one vector.
template <class I, class F>
struct VectorRows {
  const std::byte* words;
  const std::byte* halves;

  VectorRows(const QuantizedMatmul& m, std::size_t row) {
    const std::byte* panel = m.panels + row / kPanelRows * m.panel_bytes;
    words = panel + 4 * (row % kPanelRows);
    halves = panel + m.columns / F::kValues * F::kWords * kPanelLine + 2 * (row % kPanelRows);
  }
  PackedBlock block(std::size_t b) const { return {words + b * F::kWords * kPanelLine, halves + b * 2 * kPanelRows}; }
};

/// `count` values of a vector's sums to y.
template <class I>
void store_rows(float* y, typename I::FVec v, std::size_t count) {
  if (count >= I::kLanes) return I::fstore(y, v);
  float all[I::kLanes];
  I::fstore(all, v);
  __builtin_memcpy(y, all, count * sizeof(float));
}

/// The words of a block to the caches, so far ahead that they are there when their turn comes.
template <class I, class F>
[[gnu::always_inline]] inline void fetch_ahead(const PackedBlock& block) {
  for (std::size_t i = 0; i < F::kWords; ++i) I::prefetch(block.words + kPanelLine * i + I::kAhead);
}

/// A block for C tokens, x_stride blocks apart.
template <class I, class F, bool kFine, std::size_t C, std::size_t... kSubs>
[[gnu::always_inline]] inline void add_blocks(typename I::FVec* y, const PackedBlock& block, const QuantizedBlock* x,
                                              std::size_t x_stride, const std::int8_t* low,
                                              std::index_sequence<kSubs...>) {
  typename I::FVec scales[F::kValues / 32 * F::kParts], mins[F::kValues / 32];
  F::scales(block, scales, mins);
  const auto add = [&]<std::size_t kSub>() __attribute__((always_inline)) {
    typename I::Vec v[8];
    F::template values<kSub>(block, v);
    if constexpr (MultipliesPairs<I> && !kFine && C > 1) {
      pair_rows<I>(v);
      add_block_by_pairs<I, F, C>(y, v, scales + F::kParts * kSub, mins + kSub, x + kSub, x_stride);
    } else {
#pragma GCC unroll 4
      for (std::size_t c = 0; c < C; ++c) {
        y[c] = add_block<I, F, kFine>(y[c], v, scales + F::kParts * kSub, mins + kSub, x[c * x_stride + kSub],
                                      kFine ? low + 32 * kSub : nullptr);
      }
    }
  };
  (add.template operator()<kSubs>(), ...);
}

/// C tokens from `token` on and kPanels panels side by side, from row `r` on: numbers are unpacked in registers, and
/// each panel is read from front to back. Several streams of reads come faster from memory than one.
template <class I, class F, bool kFine, std::size_t C, std::size_t kPanels>
[[gnu::always_inline]] inline void few_tokens_of_panels(const QuantizedMatmul& m, std::size_t token, std::size_t r) {
  constexpr std::size_t kSubs = F::kValues / 32;
  const std::size_t x_stride = m.columns / 32;
  const VectorRows<I, F> rows(m, r);
  typename I::FVec y[kPanels][C];
#pragma GCC unroll 2
  for (std::size_t p = 0; p < kPanels; ++p) {
#pragma GCC unroll 4
    for (std::size_t c = 0; c < C; ++c) y[p][c] = I::fset1(0.0F);
  }
  for (std::size_t b = 0; b < m.columns / F::kValues; ++b) {
    const std::size_t at = token * x_stride + kSubs * b;
#pragma GCC unroll 2
    for (std::size_t p = 0; p < kPanels; ++p) {
      PackedBlock block = rows.block(b);
      block.words += p * m.panel_bytes;
      block.half += p * m.panel_bytes;
      fetch_ahead<I, F>(block);
      add_blocks<I, F, kFine, C>(y[p], block, m.x.blocks + at, x_stride, kFine ? m.x.low + 32 * at : nullptr,
                                 std::make_index_sequence<kSubs>());
    }
  }
#pragma GCC unroll 2
  for (std::size_t p = 0; p < kPanels; ++p) {
    const std::size_t row = r + p * kPanelRows;
#pragma GCC unroll 4
    for (std::size_t c = 0; c < C; ++c) store_rows<I>(m.y + (token + c) * m.y_stride + row, y[p][c], m.row_end - row);
  }
}

template <class I, class F, bool kFine, std::size_t C>
void few_tokens(const QuantizedMatmul& m, std::size_t token) {
  std::size_t r = m.row_begin;
  if constexpr (C == 1 && !kFine && F::kValues == 32) {  // larger blocks have too many scales for two
    for (; r + 2 * kPanelRows <= m.row_end; r += 2 * kPanelRows) {
      for (std::size_t v = 0; v < kPanelRows; v += I::kLanes) {
        few_tokens_of_panels<I, F, kFine, C, 2>(m, token, r + v);
      }
    }
  }
  for (; r < m.row_end; r += I::kLanes) few_tokens_of_panels<I, F, kFine, C, 1>(m, token, r);
}

/// Unpacked numbers of kVectors vectors of rows in scratch memory: [32 values][8 words][vectors], scales and mins
/// likewise. Pairs of rows, where they are multiplied: [32 values][4 times 8][vectors][2 pairs].
template <class I, class F>
struct Unpacked {
  static constexpr std::size_t kVectors = I::kVectors, kRows = kVectors * I::kLanes;
  static constexpr std::size_t kBytes = 4 * I::kLanes;                    // of one vector
  static constexpr std::size_t kNeighbours = MultipliesPairs<I> ? 2 : 1;  // words of a vector side by side
  std::uint8_t* bytes;
  float* scales;  // and minus_bias_of them behind each vector
  float* mins;

  explicit Unpacked(float* scratch)
      : bytes(reinterpret_cast<std::uint8_t*>(scratch)),
        scales(scratch + kRows * kUnpackedColumns / 4),
        mins(scales + 2 * (kRows * kUnpackedColumns / 16)) {}

  /// Where a word (or pair) of 32 values of a vector stands.
  std::uint8_t* place(std::size_t block, std::size_t word, std::size_t vector) const {
    const std::size_t first = word / kNeighbours * kNeighbours;
    return bytes + ((8 * block + first) * kVectors + kNeighbours * vector + (word - first)) * kBytes;
  }
  /// The same from a later vector on.
  Unpacked from(std::size_t vector) const {
    Unpacked later = *this;
    later.bytes = place(0, 0, vector);
    later.scales += 2 * vector * I::kLanes;
    later.mins += vector * I::kLanes;
    return later;
  }
  /// Of a part: the scales of its first vector, then minus_bias_of them, then those of the next.
  float* scales_of(std::size_t part) const { return scales + 2 * kRows * part; }

  template <std::size_t... kSubs>
  void unpack(const PackedBlock& block, std::size_t first, std::size_t vector, std::index_sequence<kSubs...>) const {
    typename I::FVec s[F::kValues / 32 * F::kParts], m[F::kValues / 32];
    F::scales(block, s, m);
    const auto put = [&]<std::size_t kSub>() __attribute__((always_inline)) {
      typename I::Vec v[8];
      F::template values<kSub>(block, v);
      if constexpr (MultipliesPairs<I>) pair_rows<I>(v);
      const std::size_t sub = first + kSub;
#pragma GCC unroll 8
      for (std::size_t g = 0; g < 8; ++g) I::store(place(sub, g, vector), v[g]);
#pragma GCC unroll 2
      for (std::size_t p = 0; p < F::kParts; ++p) {
        float* to = scales_of(F::kParts * sub + p) + 2 * vector * I::kLanes;
        I::fstore(to, s[F::kParts * kSub + p]);
        I::fstore(to + I::kLanes, minus_bias_of<I>(s[F::kParts * kSub + p]));
      }
      if constexpr (F::kMins) I::fstore(mins + (kVectors * sub + vector) * I::kLanes, m[kSub]);
    };
    (put.template operator()<kSubs>(), ...);
  }
};

/// How many vectors of unpacked rows a tile holds in registers: all, where the instruction set does not say it.
template <class I>
constexpr std::size_t tile_vectors() {
  if constexpr (requires { I::kTileVectors; }) {
    return I::kTileVectors;
  } else {
    return I::kVectors;
  }
}

/// Some tokens that unpacked rows are multiplied with, from the same k on.
struct PanelTile {
  std::size_t blocks;       // of 32 values
  const QuantizedBlock* x;  // of the first token, the next one's x_stride behind it
  std::size_t x_stride;
  float* y;  // token c, row r at y[c * y_stride + r]
  std::size_t y_stride;
  bool add;  // to y; false for the first values of k
};

template <class I, class F, std::size_t C>
void panel_tile(const Unpacked<I, F>& w, const PanelTile& t) {
  using V = typename I::Vec;
  constexpr std::size_t R = tile_vectors<I>();
  typename I::FVec y[C][R];
#pragma GCC unroll 8
  for (std::size_t c = 0; c < C; ++c) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) {
      y[c][r] = t.add ? I::fload(t.y + c * t.y_stride + r * I::kLanes) : I::fset1(0.0F);
    }
  }
  for (std::size_t b = 0; b < t.blocks; ++b) {
    const QuantizedBlock* x = t.x + b;
#pragma GCC unroll 2
    for (std::size_t part = 0; part < F::kParts; ++part) {
      V sums[C][R];
      const auto rows = [&](std::size_t g, std::size_t r) __attribute__((always_inline)) {
        return I::load(w.place(b, g, r));
      };
      if constexpr (MultipliesPairs<I>) {
        sums_by_pairs<I, F>(sums, x, t.x_stride, part, rows);
      } else {
        sums_by_words<I, F>(sums, x, t.x_stride, part, rows);
      }
      const float* scales = w.scales_of(F::kParts * b + part);
#pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) {
        const auto x_scale = I::fset1(x[c * t.x_stride].scale);
#pragma GCC unroll 4
        for (std::size_t r = 0; r < R; ++r) {
          const auto scale = I::fload(scales + 2 * r * I::kLanes);
          const auto minus_bias = I::fload(scales + (2 * r + 1) * I::kLanes);
          y[c][r] = I::fma(scaled<I>(sums[c][r], scale, minus_bias), x_scale, y[c][r]);
        }
      }
    }
    if constexpr (F::kMins) {
      const float* mins = w.mins + b * I::kVectors * I::kLanes;
#pragma GCC unroll 8
      for (std::size_t c = 0; c < C; ++c) {
        const auto sum = I::fset1(x[c * t.x_stride].scaled_sum);
#pragma GCC unroll 4
        for (std::size_t r = 0; r < R; ++r) y[c][r] = I::fnma(I::fload(mins + r * I::kLanes), sum, y[c][r]);
      }
    }
  }
#pragma GCC unroll 8
  for (std::size_t c = 0; c < C; ++c) {
#pragma GCC unroll 4
    for (std::size_t r = 0; r < R; ++r) I::fstore(t.y + c * t.y_stride + r * I::kLanes, y[c][r]);
  }
}

/// All unpacked rows, tile by tile, while the tokens stay near.
template <class I, class F, std::size_t C>
void panel_tiles(const Unpacked<I, F>& w, const PanelTile& t) {
  if constexpr (tile_vectors<I>() == I::kVectors) {
    panel_tile<I, F, C>(w, t);
  } else {
    PanelTile tile = t;
    for (std::size_t v = 0; v < I::kVectors; v += tile_vectors<I>(), tile.y += tile_vectors<I>() * I::kLanes) {
      panel_tile<I, F, C>(w.from(v), tile);
    }
  }
}

template <class I, class F, std::size_t C>
void panel_tile_upto(const Unpacked<I, F>& w, const PanelTile& t, std::size_t tokens) {
  if (tokens == C) {
    panel_tiles<I, F, C>(w, t);
  } else if constexpr (C > 1) {
    panel_tile_upto<I, F, C - 1>(w, t, tokens);
  }
}

/// The tile for `rows` rows, fewer than the vectors have, through a buffer.
template <class I, class F>
void partial_panel_tile(const Unpacked<I, F>& w, PanelTile t, std::size_t tokens, std::size_t rows) {
  constexpr std::size_t kStride = Unpacked<I, F>::kRows;
  float buffer[I::kColumns * kStride] = {};
  float* y = t.y;
  const std::size_t stride = t.y_stride;
  if (t.add) {
    for (std::size_t c = 0; c < tokens; ++c) __builtin_memcpy(buffer + c * kStride, y + c * stride, rows * 4);
  }
  t.y = buffer;
  t.y_stride = kStride;
  panel_tile_upto<I, F, I::kColumns>(w, t, tokens);
  for (std::size_t c = 0; c < tokens; ++c) __builtin_memcpy(y + c * stride, buffer + c * kStride, rows * 4);
}

/// A stretch of k of the rows of an Unpacked: where it stands in the panels.
template <class I, class F>
struct Stretch {
  std::size_t row, k, columns;

  /// The next one of rows [.., row_end): behind it, or the first of the next rows; without columns behind the last.
  Stretch next(const QuantizedMatmul& m) const {
    const std::size_t end = k + columns;
    if (end < m.columns) return {row, end, std::min(kUnpackedColumns, m.columns - end)};
    const std::size_t below = row + Unpacked<I, F>::kRows;
    return {below, 0, below < m.row_end ? std::min(kUnpackedColumns, m.columns) : 0};
  }
  std::size_t blocks() const { return columns / F::kValues; }
  /// Vectors without rows repeat the first.
  VectorRows<I, F> vector(const QuantizedMatmul& m, std::size_t v) const {
    return VectorRows<I, F>(m, row + v * I::kLanes < m.row_end ? row + v * I::kLanes : row);
  }
  /// Its part `i` of `parts` to the second cache. All at once they would wait for each other.
  void fetch(const QuantizedMatmul& m, std::size_t i, std::size_t parts) const {
    const std::size_t lines = blocks() * F::kWords, each = (lines + parts - 1) / parts;
    for (std::size_t v = 0; v < I::kVectors; v += kPanelRows / I::kLanes) {
      const PackedBlock first = vector(m, v).block(k / F::kValues);
      for (std::size_t line = i * each; line < std::min((i + 1) * each, lines); ++line) {
        I::prefetch(first.words + kPanelLine * line);
        // A block has one half a row beside its words.
        if (F::kHalf && line % (2 * F::kWords) == 0) I::prefetch(first.half + kPanelLine * (line / (2 * F::kWords)));
      }
    }
  }
};

/// Rows times tokens [begin, end): a stretch of k is unpacked to scratch memory, then multiplied with all of them,
/// while the next one comes nearer.
template <class I, class F>
void multiply_stretch(const QuantizedMatmul& m, const Unpacked<I, F>& unpacked, const Stretch<I, F>& stretch,
                      std::size_t begin, std::size_t end) {
  constexpr std::size_t kRows = Unpacked<I, F>::kRows, kSubs = F::kValues / 32;
  for (std::size_t v = 0; v < I::kVectors; ++v) {
    const VectorRows<I, F> vector = stretch.vector(m, v);
    for (std::size_t b = 0; b < stretch.blocks(); ++b) {
      unpacked.unpack(vector.block(stretch.k / F::kValues + b), kSubs * b, v, std::make_index_sequence<kSubs>());
    }
  }
  const std::size_t rows = std::min(m.row_end - stretch.row, kRows);
  const Stretch<I, F> next = stretch.next(m);
  const std::size_t tiles = (end - begin + I::kColumns - 1) / I::kColumns;
  for (std::size_t i = 0; i < tiles; ++i) {
    const std::size_t t = begin + i * I::kColumns, tokens = std::min(end - t, +I::kColumns);
    const PanelTile tile{.blocks = stretch.columns / 32,
                         .x = m.x.blocks + (t * m.columns + stretch.k) / 32,
                         .x_stride = m.columns / 32,
                         .y = m.y + t * m.y_stride + stretch.row,
                         .y_stride = m.y_stride,
                         .add = stretch.k != 0};
    next.fetch(m, i, tiles);
    if (rows == kRows) {
      panel_tile_upto<I, F, I::kColumns>(unpacked, tile, tokens);
    } else {
      partial_panel_tile<I, F>(unpacked, tile, tokens, rows);
    }
  }
}

/// Several tokens, as many at a time as stay in L2 while all rows pass by.
template <class I, class F>
void many_tokens(const QuantizedMatmul& m) {
  const Unpacked<I, F> unpacked(m.scratch);
  const std::size_t fit = kActivationBytes / (m.columns / 32 * sizeof(QuantizedBlock)) / I::kColumns * I::kColumns;
  const std::size_t chunk = fit < 8 * I::kColumns ? 8 * I::kColumns : fit;
  for (std::size_t t = 0; t < m.tokens; t += chunk) {
    const std::size_t end = m.tokens - t < chunk ? m.tokens : t + chunk;
    Stretch<I, F> stretch{m.row_begin, 0, std::min(kUnpackedColumns, m.columns)};
    for (; stretch.columns != 0 && stretch.row < m.row_end; stretch = stretch.next(m)) {
      multiply_stretch<I, F>(m, unpacked, stretch, t, end);
    }
  }
}

template <class I, class F>
void quantized_matmul_of(const QuantizedMatmul& m) {
  if (m.x.low != nullptr) {
    for (std::size_t t = 0; t < m.tokens; ++t) few_tokens<I, F, true, 1>(m, t);
  } else if (m.tokens == 1) {
    few_tokens<I, F, false, 1>(m, 0);
  } else if (m.tokens == 2) {
    few_tokens<I, F, false, 2>(m, 0);
  } else if (m.tokens == 3) {
    few_tokens<I, F, false, 3>(m, 0);
  } else if (m.tokens == 4) {
    few_tokens<I, F, false, 4>(m, 0);
  } else {
    many_tokens<I, F>(m);
  }
}

template <class I>
void quantized_matmul(const QuantizedMatmul& m) {
  switch (m.type) {
    case BlockType::kQ8_0:
      return quantized_matmul_of<I, BlocksQ8_0<I>>(m);
    case BlockType::kQ4_0:
      return quantized_matmul_of<I, BlocksQ4_0<I>>(m);
    case BlockType::kQ5_0:
      return quantized_matmul_of<I, BlocksQ5_0<I>>(m);
    case BlockType::kQ4_K:
      return quantized_matmul_of<I, BlocksQ4_K<I>>(m);
    case BlockType::kQ5_K:
      return quantized_matmul_of<I, BlocksQ5_K<I>>(m);
    case BlockType::kQ6_K:
      return quantized_matmul_of<I, BlocksQ6_K<I>>(m);
    case BlockType::kIQ4_NL:
      return quantized_matmul_of<I, BlocksIQ4_NL<I>>(m);
  }
}

}  // namespace rbee::engine::cpu
