#pragma once
// Attention over a paged cache, over any vector type of simd_*.h.

#include "engine/backend/cpu/kernels/float_tile.h"
#include "engine/backend/cpu/kernels/vector_math.h"

namespace rbee::engine::cpu {

/// The parts of a task's scratch, rows padded with zeros to `padded` values.
struct AttentionScratch {
  std::size_t padded;
  float* keys;     // [kAttentionChunk, padded]
  float* values;   // likewise
  float* queries;  // [kAttentionRows, padded]
  float* sums;     // likewise: the weighted values
  float* scores;   // [kAttentionRows, kAttentionChunk]
  float most[kAttentionRows];
  float total[kAttentionRows];

  [[gnu::always_inline]] explicit AttentionScratch(const AttentionTask& t)
      : padded(padded_head(t.head_dim)),
        keys(t.scratch),
        values(keys + kAttentionChunk * padded),
        queries(values + kAttentionChunk * padded),
        sums(queries + kAttentionRows * padded),
        scores(sums + kAttentionRows * padded) {}
};

/// The positions of a chunk that a query sees, relative to the chunk's start; empty when begin >= end.
struct Visible {
  std::size_t begin, end;
};

[[gnu::always_inline]] inline std::size_t first_seen(const AttentionTask& t, std::size_t position) {
  return t.window == 0 || position < t.window ? 0 : position + 1 - t.window;
}

[[gnu::always_inline]] inline Visible visible(const AttentionTask& t, std::size_t token, std::size_t chunk_start) {
  const std::size_t position = t.position + token;
  const std::size_t from = first_seen(t, position);
  const std::size_t end = position + 1 > chunk_start ? position + 1 - chunk_start : 0;
  return {from > chunk_start ? from - chunk_start : 0, end < kAttentionChunk ? end : kAttentionChunk};
}

template <class S>
void load_cache_row(const std::byte* from, float* to, std::size_t n, std::size_t padded, FloatType type) {
  for (std::size_t i = 0; i < padded; i += S::kLanes) {
    const std::size_t count = i + S::kLanes <= n ? S::kLanes : (i < n ? n - i : 0);
    typename S::Vec v = S::zero();
    if (count == S::kLanes) {
      v = type == FloatType::kF32   ? S::load(from + i * 4)
          : type == FloatType::kF16 ? S::load_f16(from + i * 2)
                                    : S::load_bf16(from + i * 2);
    } else if (count != 0) {
      v = type == FloatType::kF32   ? S::load(from + i * 4, count)
          : type == FloatType::kF16 ? S::load_f16(from + i * 2, count)
                                    : S::load_bf16(from + i * 2, count);
    }
    S::store(to + i, v);
  }
}

/// Converts the `count` positions from `start` on; the key rows after them are zeroed up to a whole tile.
template <class S>
void load_chunk(const AttentionTask& t, const AttentionScratch& s, std::size_t start, std::size_t count) {
  const std::size_t row_bytes = t.head_dim * float_type_bytes(t.type);
  for (std::size_t j = 0; j < count; ++j) {
    const std::size_t position = start + j;
    const std::size_t offset =
        t.blocks[position / t.block_tokens] * t.block_bytes + position % t.block_tokens * row_bytes;
    load_cache_row<S>(t.keys + offset, s.keys + j * s.padded, t.head_dim, s.padded, t.type);
    load_cache_row<S>(t.values + offset, s.values + j * s.padded, t.head_dim, s.padded, t.type);
  }
  for (std::size_t i = count * s.padded; i < (count + 3) / 4 * 4 * s.padded; ++i) s.keys[i] = 0.0F;
}

/// Turns one query's scores into weights relative to its maximum so far and scales what it has summed up to now.
template <class S>
void softmax_chunk(const AttentionTask& t, AttentionScratch& s, std::size_t row, Visible seen) {
  using V = typename S::Vec;
  constexpr std::size_t kVectors = kAttentionChunk / S::kLanes;
  float* scores = s.scores + row * kAttentionChunk;
  for (std::size_t j = 0; j < seen.begin; ++j) scores[j] = -__builtin_inff();
  for (std::size_t j = seen.end; j < kAttentionChunk; ++j) scores[j] = -__builtin_inff();
  V x[kVectors];
  V high = S::set1(s.most[row]);
  for (std::size_t i = 0; i < kVectors; ++i) {
    x[i] = S::mul(S::load(scores + i * S::kLanes), S::set1(t.scale));
    if (t.softcap != 0.0F) {
      const V cap = S::set1(t.softcap);
      // tanh(-inf) would unmask what is hidden, so hidden scores go around it.
      const V capped = S::mul(cap, vtanh<S>(S::div(x[i], cap)));
      x[i] = S::select_less(x[i], S::set1(-3.0e38F), x[i], capped);
    }
    high = S::max(high, x[i]);
  }
  const float most = S::max_lane(high);
  const float fade = S::max_lane(vexp<S>(S::set1(s.most[row] - most)));  // 0 in the first chunk: most was -infinity
  V sum = S::zero();
  for (std::size_t i = 0; i < kVectors; ++i) {
    const V weight = vexp<S>(S::sub(x[i], S::set1(most)));
    S::store(scores + i * S::kLanes, weight);
    sum = S::add(sum, weight);
  }
  s.total[row] = s.total[row] * fade + S::sum(sum);
  s.most[row] = most;
  float* sums = s.sums + row * s.padded;
  for (std::size_t i = 0; i < s.padded; i += S::kLanes) {
    S::store(sums + i, S::mul(S::load(sums + i), S::set1(fade)));
  }
}

/// sums[q] += weight[q][j] * value[j] for j in `seen`, ascending, for Q queries and D vectors of channels at a time.
template <class S, std::size_t Q, std::size_t D>
void add_values(const AttentionScratch& s, std::size_t row, std::size_t channel, Visible seen) {
  using V = typename S::Vec;
  float* sums = s.sums + row * s.padded + channel;
  V acc[Q][D];
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Q; ++q) {
#pragma GCC unroll 8
    for (std::size_t d = 0; d < D; ++d) acc[q][d] = S::load(sums + q * s.padded + d * S::kLanes);
  }
  for (std::size_t j = seen.begin; j < seen.end; ++j) {
    V v[D];
#pragma GCC unroll 8
    for (std::size_t d = 0; d < D; ++d) v[d] = S::load(s.values + j * s.padded + channel + d * S::kLanes);
#pragma GCC unroll 8
    for (std::size_t q = 0; q < Q; ++q) {
      const V weight = S::set1(s.scores[(row + q) * kAttentionChunk + j]);
#pragma GCC unroll 8
      for (std::size_t d = 0; d < D; ++d) acc[q][d] = S::fma(weight, v[d], acc[q][d]);
    }
  }
#pragma GCC unroll 8
  for (std::size_t q = 0; q < Q; ++q) {
#pragma GCC unroll 8
    for (std::size_t d = 0; d < D; ++d) S::store(sums + q * s.padded + d * S::kLanes, acc[q][d]);
  }
}

template <class S, std::size_t Q>
void add_values_of_rows(const AttentionScratch& s, std::size_t row, Visible seen) {
  constexpr std::size_t kVectors = Q == 1 ? 4 : 2;
  std::size_t channel = 0;
  for (; channel + kVectors * S::kLanes <= s.padded; channel += kVectors * S::kLanes) {
    add_values<S, Q, kVectors>(s, row, channel, seen);
  }
  for (; channel < s.padded; channel += S::kLanes) add_values<S, Q, 1>(s, row, channel, seen);
}

/// One chunk for all of the task's queries; row = token * heads + head.
template <class S>
void attention_chunk(const AttentionTask& t, AttentionScratch& s, std::size_t start) {
  const std::size_t end = t.position + t.tokens;  // behind the last position that any query sees
  const std::size_t count = end - start < kAttentionChunk ? end - start : kAttentionChunk;
  load_chunk<S>(t, s, start, count);
  const std::size_t rows = t.tokens * t.heads;
  float_block<S, LoadF32>({.w = reinterpret_cast<const std::byte*>(s.keys),
                           .w_stride = s.padded * sizeof(float),
                           .x = s.queries,
                           .x_stride = s.padded,
                           .n = s.padded,
                           .y = s.scores,
                           .y_stride = kAttentionChunk,
                           .add = 0,
                           .ahead = 0},
                          (count + 3) / 4 * 4, rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const Visible seen = visible(t, row / t.heads, start);
    if (seen.begin < seen.end) softmax_chunk<S>(t, s, row, seen);
  }
  for (std::size_t row = 0; row < rows;) {
    const Visible seen = visible(t, row / t.heads, start);
    const Visible fourth = visible(t, (row + 3) / t.heads, start);
    if (row + 4 <= rows && seen.begin == fourth.begin && seen.end == fourth.end) {
      if (seen.begin < seen.end) add_values_of_rows<S, 4>(s, row, seen);
      row += 4;
    } else {
      if (seen.begin < seen.end) add_values_of_rows<S, 1>(s, row, seen);
      row += 1;
    }
  }
}

template <class S>
void attention(const AttentionTask& t) {
  AttentionScratch s(t);
  const std::size_t rows = t.tokens * t.heads;
  for (std::size_t row = 0; row < rows; ++row) {
    const float* query = t.queries + row / t.heads * t.row_stride + row % t.heads * t.head_dim;
    float* to = s.queries + row * s.padded;
    for (std::size_t i = 0; i < s.padded; ++i) to[i] = i < t.head_dim ? query[i] : 0.0F;
    for (std::size_t i = 0; i < s.padded; ++i) s.sums[row * s.padded + i] = 0.0F;
    s.most[row] = -__builtin_inff();
    s.total[row] = 0.0F;
  }
  const std::size_t first = first_seen(t, t.position) / kAttentionChunk * kAttentionChunk;
  for (std::size_t start = first; start < t.position + t.tokens; start += kAttentionChunk) {
    attention_chunk<S>(t, s, start);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    float* out = t.out + row / t.heads * t.row_stride + row % t.heads * t.head_dim;
    const float* sums = s.sums + row * s.padded;
    const float factor = 1.0F / s.total[row];
    for (std::size_t i = 0; i < t.head_dim; ++i) out[i] = sums[i] * factor;
  }
}

}  // namespace rbee::engine::cpu
