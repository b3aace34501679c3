#pragma once
// What each family of kernels is given, and the shape of its blocks. `step` are the words of step_view.h; strides count
// floats and are multiples of 8; rows and tokens beyond the step's true numbers are left alone.

#include "engine/backend/cuda/kernels/dialect.h"

namespace rbee::engine::cuda {

constexpr u32 kRowThreads = 128;                             ///< elementwise, embed, rope, kv_append
constexpr u32 kNormThreads = 256;                            ///< rms_norm
constexpr u32 kMatmulThreads = 128;                          ///< matmul_*_F32: four warps
constexpr u32 kMatmulRowsFew = 4, kMatmulRowsMany = 2;       ///< outputs of a warp, for one token and for many
constexpr u32 kMatmulTokens = 8;                             ///< of a block for many
constexpr u32 kTensorThreads = 256;                          ///< matmul_* of all other types: eight warps
constexpr u32 kTensorTokensFew = 8, kTensorTokensMany = 32;  ///< of a block
constexpr u32 kTensorRowsFew = 16, kTensorRowsMany = 128;    ///< of a block
constexpr u32 kAttentionThreads = 128;
constexpr u32 kChunkPositions = 64;   ///< positions whose scores are taken together
constexpr u32 kSplitPositions = 512;  ///< positions with a softmax of their own
constexpr u32 kHeadDimLimit = 512;
constexpr u32 kCandidateWarps = 8, kCandidateThreads = kCandidateWarps * kWarpLanes;
constexpr u32 kCandidatesMax = 64;   ///< of a row: what top-k is set to, mostly 20 to 64
constexpr u32 kSliceColumns = 1024;  ///< of a row, that a warp looks through

/// Floats of a split's softmax: its top, its weight, the sums of the values.
RBEE_BOTH u64 part_floats(u32 head_dim) {
  return (u64{head_dim} + 2 + 7) / 8 * 8;
}

/// The row kinds are the numbers of kTokenCount and kOutputCount.
using RowCount = u32;

/// A block writes kRowThreads columns of row block_y.
struct ElementwiseArgs {
  const u32* step;
  const float *x, *y;  ///< y: the second value, or a bias of one row
  float* out;
  u32 columns, x_stride, y_stride, out_stride;
  u32 begin;  ///< the first column of x
  float factor;
  RowCount row_kind;
};

/// A block writes 8 * kRowThreads columns of token block_y.
struct EmbedArgs {
  const u32* step;
  const u32* weight;
  float* out;
  u32 columns, row_words, out_stride;
};

/// A block computes group block_x of row block_y.
struct RmsNormArgs {
  const u32* step;
  const float *x, *weight;
  float* out;
  u32 group, x_stride, out_stride;
  float eps;
  RowCount row_kind;
};

/// out[t, n] = sum over k of x[t, k] W[n, k], then + bias[n], then + y[t, n] where they are not null.
struct MatmulArgs {
  const u32* step;
  const float *x, *y, *bias;
  float* out;
  const u32* weight;
  u32 rows, columns, row_words;
  u32 x_stride, y_stride, out_stride;
  RowCount row_kind;
};

/// A block rotates kRowThreads pairs (then copies the columns behind them), of all heads of token block_y.
struct RopeArgs {
  const u32* step;
  const float* x;
  const float *frequencies, *long_frequencies;
  float* out;
  u32 heads, head_dim, pairs;
  u32 x_stride, out_stride;
  u32 table;  ///< its bit in kUsesLong
  float magnitude;
};

/// Where keys or values lie: [blocks][kv_heads][block_tokens] rows of head_words.
struct CacheView {
  u32 *keys, *values;
  u32 kv_heads, head_words, block_tokens;
};

/// A block writes kRowThreads words of token block_y's keys and values.
struct KvAppendArgs {
  const u32* step;
  const float *keys, *values;
  CacheView cache;
  u32 head_dim, key_stride, value_stride;
};

/// Head block_x of token block_y; split block_z, or all of them.
struct AttentionArgs {
  const u32* step;
  const float* queries;
  CacheView cache;
  float* out;
  float* parts;  ///< of the kernels that split: see softmax.h
  u32 heads, head_dim, window;
  float scale, softcap;
  u32 q_stride, out_stride;
  u32 splits_max;
};

struct CandidateColumn {
  u32 column;  ///< all bits set: the row has no more
  float value;
};

/// Row block_y: a warp of candidates_of_slices finds the candidates of a slice, a block of candidates_of_rows those of
/// the row. Every row of the grid is one.
struct CandidateArgs {
  const float* values;
  u64* ranks;            ///< [rows, slices, count], of the first kernel for the second
  CandidateColumn* out;  ///< [rows, count]
  u32 columns, stride, slices, count;
};

}  // namespace rbee::engine::cuda
