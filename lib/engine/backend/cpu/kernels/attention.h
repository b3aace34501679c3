#pragma once
// Attention over a paged cache, over any vector type of simd_*.h.

#include "engine/backend/cpu/kernels/attention_tile.h"
#include "engine/backend/cpu/kernels/vector_math.h"

namespace rbee::engine::cpu {

/// The parts of a task's scratch.
struct AttentionScratch {
  std::size_t padded, state_floats;
  float* key_scales;    // [blocks of channels][kAttentionChunk]
  float* value_scales;  // likewise
  float* keys;          // [head_dim][kAttentionChunk]
  float* values;        // [kAttentionChunk][padded]
  float* queries;       // tiles of rows, each [head_dim][rows of a tile]
  float* span;          // [kAttentionRows] states of the span that is being computed
  float* merged;        // likewise, of the spans before it
  float* scores;        // [kAttentionRows][kAttentionChunk]
  float* weights;       // likewise: scores times the scales of a block of values

  [[gnu::always_inline]] explicit AttentionScratch(const AttentionTask& t)
      : padded(padded_head(t.head_dim)),
        state_floats(attention_state(t.head_dim)),
        key_scales(t.scratch),
        value_scales(key_scales + (t.head_dim + kScaleBlock - 1) / kScaleBlock * kAttentionChunk),
        keys(value_scales + (t.head_dim + kScaleBlock - 1) / kScaleBlock * kAttentionChunk),
        values(keys + kAttentionChunk * padded),
        queries(values + kAttentionChunk * padded),
        span(queries + kAttentionRows * padded),
        merged(span + kAttentionRows * state_floats),
        scores(merged + kAttentionRows * state_floats),
        weights(scores + kAttentionRows * kAttentionChunk) {}
};

/// One row's running softmax; attention_state() says how many floats it has.
struct AttentionState {
  float* sums;    // [padded]: values times weights
  float* totals;  // the weights' sum, by lane
  float* most;    // the largest score so far, which the weights are relative to; -infinity: nothing was seen

  [[gnu::always_inline]] AttentionState(float* state, std::size_t padded)
      : sums(state), totals(state + padded), most(state + padded + 16) {}
};

template <class S>
void clear(const AttentionState& state, std::size_t padded) {
  for (std::size_t i = 0; i < padded; i += S::kLanes) S::store(state.sums + i, S::zero());
  S::store(state.totals, S::zero());
  *state.most = -__builtin_inff();
}

/// The positions of a chunk that a query sees, relative to the chunk's start; empty when begin >= end.
struct Visible {
  std::size_t begin, end;
};

[[gnu::always_inline]] inline std::size_t first_seen(const AttentionTask& t, std::size_t position) {
  return t.window == 0 || position < t.window ? 0 : position + 1 - t.window;
}

[[gnu::always_inline]] inline Visible visible(const AttentionTask& t, std::size_t row, std::size_t chunk_start) {
  const std::size_t position = t.position + row / t.heads;
  const std::size_t from = first_seen(t, position);
  const std::size_t end = position + 1 > chunk_start ? position + 1 - chunk_start : 0;
  return {from > chunk_start ? from - chunk_start : 0, end < kAttentionChunk ? end : kAttentionChunk};
}

/// Multiplies what was summed up so far by `factor`.
template <class S>
void fade(const AttentionState& state, std::size_t padded, float factor) {
  const typename S::Vec f = S::set1(factor);
  for (std::size_t i = 0; i < padded; i += S::kLanes) S::store(state.sums + i, S::mul(S::load(state.sums + i), f));
  S::store(state.totals, S::mul(S::load(state.totals), f));
}

/// Turns one row's scores into weights relative to its maximum so far. Vectors in which it sees nothing are left out:
/// they would add zeros.
template <class S>
void softmax_row(const AttentionTask& t, const AttentionState& state, std::size_t padded, float* scores, Visible seen) {
  using V = typename S::Vec;
  const std::size_t begin = seen.begin / S::kLanes * S::kLanes;
  const std::size_t end = (seen.end + S::kLanes - 1) / S::kLanes * S::kLanes;
  for (std::size_t j = begin; j < seen.begin; ++j) scores[j] = -__builtin_inff();
  for (std::size_t j = seen.end; j < end; ++j) scores[j] = -__builtin_inff();
  V high = S::set1(*state.most);
  for (std::size_t j = begin; j < end; j += S::kLanes) {
    V x = S::mul(S::load(scores + j), S::set1(t.scale));
    if (t.softcap != 0.0F) {
      const V cap = S::set1(t.softcap);
      // tanh(-inf) would unmask what is hidden, so hidden scores go around it.
      const V capped = S::mul(cap, vtanh<S>(S::div(x, cap)));
      x = S::select_less(x, S::set1(-3.0e38F), x, capped);
    }
    S::store(scores + j, x);
    high = S::max(high, x);
  }
  const float most = S::max_lane(high);
  if (most != *state.most) {                                                    // else the factor is 1
    fade<S>(state, padded, S::max_lane(vexp<S>(S::set1(*state.most - most))));  // 0 when nothing was seen before
    *state.most = most;
  }
  V sum = S::zero();
  for (std::size_t j = begin; j < end; j += S::kLanes) {
    const V weight = vexp<S>(S::sub(S::load(scores + j), S::set1(most)));
    S::store(scores + j, weight);
    sum = S::add(sum, weight);
  }
  S::store(state.totals, S::add(S::load(state.totals), sum));
}

/// Adds the chunk's values to the sums of the tile's rows. What all of them see is read once; each row goes from left
/// to right all the same.
template <class S, template <class> class W>
void add_values(const AttentionTask& t, const AttentionScratch& s, const AttentionChunk<S>& c, std::size_t row,
                std::size_t rows, const float* weights, std::size_t first, std::size_t last) {
  Visible common{0, kAttentionChunk};
  for (std::size_t r = 0; r < rows; ++r) {
    const Visible seen = visible(t, row + r, c.start);
    common.begin = seen.begin > common.begin ? seen.begin : common.begin;
    common.end = seen.end < common.end ? seen.end : common.end;
  }
  if (common.end < common.begin) common.end = common.begin;
  weights += row * kAttentionChunk;
  float* sums = s.span + row * s.state_floats;
  const auto alone = [&](std::size_t r, std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    value_rows<S, W, 1>(c, first, last, begin, end, weights + r * kAttentionChunk, sums + r * s.state_floats,
                        s.state_floats);
  };
  for (std::size_t r = 0; r < rows; ++r) {
    const Visible seen = visible(t, row + r, c.start);
    alone(r, seen.begin, seen.end < common.begin ? seen.end : common.begin);
  }
  if (common.begin < common.end) {
    with_rows<S::kAttentionTile>(rows, [&]<std::size_t R>() {
      value_rows<S, W, R>(c, first, last, common.begin, common.end, weights, sums, s.state_floats);
    });
  }
  for (std::size_t r = 0; r < rows; ++r) {
    const Visible seen = visible(t, row + r, c.start);
    alone(r, seen.begin > common.end ? seen.begin : common.end, seen.end);
  }
}

/// One chunk for all of the task's rows.
template <class S, template <class> class W, bool kScaled>
void attend_chunk(const AttentionTask& t, const AttentionScratch& s, const AttentionChunk<S>& c) {
  const std::size_t rows = t.tokens * t.heads;
  const std::size_t from = visible(t, 0, c.start).begin / S::kLanes, to = (c.count + S::kLanes - 1) / S::kLanes;
  for (std::size_t row = 0; row < rows; row += S::kAttentionTile) {
    with_rows<S::kAttentionTile>(rows - row < S::kAttentionTile ? rows - row : S::kAttentionTile, [&]<std::size_t R>() {
      score_rows<S, W, kScaled, R>(c, t.head_dim, from, to, s.queries + row * t.head_dim,
                                   s.scores + row * kAttentionChunk);
    });
  }
  for (std::size_t row = 0; row < rows; ++row) {
    const Visible seen = visible(t, row, c.start);
    if (seen.begin >= seen.end) continue;
    softmax_row<S>(t, {s.span + row * s.state_floats, s.padded}, s.padded, s.scores + row * kAttentionChunk, seen);
  }
  const std::size_t step = kScaled ? kScaleBlock : s.padded;
  for (std::size_t first = 0; first < t.head_dim; first += step) {
    const std::size_t last = first + step < t.head_dim ? first + step : t.head_dim;
    if constexpr (kScaled) {
      const float* scales = c.value_scales + first / kScaleBlock * kAttentionChunk;
      for (std::size_t i = 0; i < rows * kAttentionChunk; i += S::kLanes) {
        S::store(s.weights + i, S::mul(S::load(s.scores + i), S::load(scales + i % kAttentionChunk)));
      }
    }
    for (std::size_t row = 0; row < rows; row += S::kAttentionTile) {
      const std::size_t n = rows - row < S::kAttentionTile ? rows - row : S::kAttentionTile;
      add_values<S, W>(t, s, c, row, n, kScaled ? s.weights : s.scores, first, last);
    }
  }
}

/// Reads the chunk from the cache, or widens it first where many rows share that (and where blocks are cut so that
/// vectors of positions do not fit).
template <class S, template <class> class W, bool kScaled>
void attend_chunk_of(const AttentionTask& t, const AttentionScratch& s, AttentionChunk<S>& c, std::size_t end) {
  if constexpr (kScaled) {
    load_scales<S>(t, c, t.keys, s.key_scales);
    load_scales<S>(t, c, t.values, s.value_scales);
    c.key_scales = s.key_scales;
    c.value_scales = s.value_scales;
  }
  if (!has_whole_vectors<S>(t) || (sizeof(float) > W<S>::kBytes && t.tokens * t.heads > 2 * S::kAttentionTile)) {
    widen_chunk<S, W>(t, c, s.keys, s.values);
    c.set_next_to_itself();
    attend_chunk<S, LoadF32, kScaled>(t, s, c);
  } else {
    find_chunk<S, W>(t, c);
    find_next<S, W>(t, c, end);
    attend_chunk<S, W, kScaled>(t, s, c);
  }
}

/// The states of all rows after the chunks of one span, in s.span.
template <class S>
void attend_span(const AttentionTask& t, const AttentionScratch& s, std::size_t span) {
  for (std::size_t row = 0; row < t.tokens * t.heads; ++row) {
    clear<S>({s.span + row * s.state_floats, s.padded}, s.padded);
  }
  const std::size_t seen = first_seen(t, t.position) / kAttentionChunk * kAttentionChunk, all = t.position + t.tokens;
  const std::size_t begin = seen > span * kAttentionSpan ? seen : span * kAttentionSpan;
  const std::size_t end = all < (span + 1) * kAttentionSpan ? all : (span + 1) * kAttentionSpan;
  for (std::size_t start = begin; start < end; start += kAttentionChunk) {
    AttentionChunk<S> c;
    c.start = start;
    c.count = end - start < kAttentionChunk ? end - start : kAttentionChunk;
    switch (t.type) {
      case CacheType::kF32:
        attend_chunk_of<S, LoadF32, false>(t, s, c, end);
        break;
      case CacheType::kF16:
        attend_chunk_of<S, LoadF16, false>(t, s, c, end);
        break;
      case CacheType::kBF16:
        attend_chunk_of<S, LoadBF16, false>(t, s, c, end);
        break;
      case CacheType::kQ8_0:
        attend_chunk_of<S, LoadInt8, true>(t, s, c, end);
        break;
    }
  }
}

/// Adds the span behind those of `to`.
template <class S>
void merge(const AttentionState& to, const AttentionState& span, std::size_t padded) {
  if (*span.most == -__builtin_inff()) return;
  const float most = *to.most < *span.most ? *span.most : *to.most;
  fade<S>(to, padded, S::max_lane(vexp<S>(S::set1(*to.most - most))));
  const typename S::Vec factor = vexp<S>(S::set1(*span.most - most));
  for (std::size_t i = 0; i < padded; i += S::kLanes) {
    S::store(to.sums + i, S::fma(S::load(span.sums + i), factor, S::load(to.sums + i)));
  }
  S::store(to.totals, S::fma(S::load(span.totals), factor, S::load(to.totals)));
  *to.most = most;
}

template <class S>
void finish_row(const AttentionState& state, std::size_t head_dim, float* out) {
  const float factor = 1.0F / S::sum(S::load(state.totals));
  for (std::size_t i = 0; i < head_dim; ++i) out[i] = state.sums[i] * factor;
}

template <class S>
void load_queries(const AttentionTask& t, const AttentionScratch& s) {
  for (std::size_t row = 0; row < t.tokens * t.heads; ++row) {
    const float* query = t.queries + row / t.heads * t.row_stride + row % t.heads * t.head_dim;
    float* to = s.queries + row / S::kAttentionTile * S::kAttentionTile * t.head_dim + row % S::kAttentionTile;
    for (std::size_t i = 0; i < t.head_dim; ++i) to[i * S::kAttentionTile] = query[i];
  }
}

/// The whole task.
template <class S>
void attention(const AttentionTask& t) {
  const AttentionScratch s(t);
  const std::size_t rows = t.tokens * t.heads;
  load_queries<S>(t, s);
  for (std::size_t row = 0; row < rows; ++row) clear<S>({s.merged + row * s.state_floats, s.padded}, s.padded);
  const AttentionSpans spans = attention_spans(t.position, t.tokens, t.window);
  for (std::size_t span = spans.begin; span < spans.end; ++span) {
    attend_span<S>(t, s, span);
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t at = row * s.state_floats;
      merge<S>({s.merged + at, s.padded}, {s.span + at, s.padded}, s.padded);
    }
  }
  for (std::size_t row = 0; row < rows; ++row) {
    finish_row<S>({s.merged + row * s.state_floats, s.padded}, t.head_dim,
                  t.out + row / t.heads * t.row_stride + row % t.heads * t.head_dim);
  }
}

/// The rows' states after one span alone, to `states` [rows][attention_state()].
template <class S>
void attention_span(const AttentionTask& t, std::size_t span, float* states) {
  const AttentionScratch s(t);
  load_queries<S>(t, s);
  attend_span<S>(t, s, span);
  const std::size_t floats = t.tokens * t.heads * s.state_floats;
  for (std::size_t i = 0; i < floats; i += S::kLanes) S::store(states + i, S::load(s.span + i));
}

/// Merges the states of `spans` spans, [spans][rows][attention_state()], into the task's output; changes the first.
template <class S>
void attention_merge(const AttentionTask& t, std::size_t spans, float* states) {
  const std::size_t padded = padded_head(t.head_dim), floats = attention_state(t.head_dim);
  const std::size_t rows = t.tokens * t.heads;
  const AttentionScratch s(t);
  for (std::size_t row = 0; row < rows; ++row) {
    const AttentionState merged(s.merged, padded);
    clear<S>(merged, padded);
    for (std::size_t span = 0; span < spans; ++span) {
      merge<S>(merged, {states + (span * rows + row) * floats, padded}, padded);
    }
    finish_row<S>(merged, t.head_dim, t.out + row / t.heads * t.row_stride + row % t.heads * t.head_dim);
  }
}

}  // namespace rbee::engine::cpu
