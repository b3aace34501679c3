#pragma once
// The closed set of operations that every backend implements, as data.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/strong_id.h"

namespace rbee::engine {

/// A float32 matrix [rows, columns] inside a graph; rows are the step's tokens, or its output rows after take_rows.
using ValueId = StrongId<struct ValueTag>;
/// A weight of the model: an index into the WeightTable.
using WeightId = StrongId<struct WeightTag>;

constexpr ValueId kNoValue{0xFFFFFFFF};
constexpr WeightId kNoWeight{0xFFFFFFFF};

/// What each operation computes; `x`, `y`, `z` are inputs[0..2], W the weight, T the step's tokens, R its output rows.
enum class OpKind : std::uint8_t {
  kInput,      ///< [T, columns]        = step.input (op tests only)
  kEmbed,      ///< [T, W.columns]      row t = W[token t]
  kRmsNorm,    ///< [., c]              each group of `group` columns g: x*rsqrt(mean(x^2)+eps)*W, W is [1, group]
  kMatmul,     ///< [., W.rows]         = x W^T, x is [., W.columns]
  kAddBias,    ///< [., c]              = x + W (row-wise), W is [1, c]
  kRope,       ///< [T, c]              rotates each head of `head_dim` columns by its token's position; see RopeTable
  kKvAppend,   ///< writes x (keys) and y (values), [T, kv_heads*head_dim], into the cache of `layer`; no output
  kAttention,  ///< [T, heads*head_dim] softmax(scale*q·k, causal, window) v over the cache of `layer`; x is q.
               ///<                     It reads what kKvAppend of the same layer wrote in the same step.
  kActivationMul,  ///< [., c]              = activation(x) * y
  kAdd,            ///< [., c]              = x + y
  kScale,          ///< [., c]              = x * scale
  kSoftcap,        ///< [., c]              = softcap * tanh(x / softcap)
  kTakeRows,       ///< [R, c]              row r = x[step.output_rows[r]]
  kSliceColumns,   ///< [., n]              = x[:, begin : begin+n]
};

/// "embed", "rms_norm", ...
std::string_view op_name(OpKind kind);

/// Precomputed rotation frequencies. The angle of pair i at position p is p * inverse_frequencies[i]; cos and sin are
/// multiplied by `magnitude`. A token uses the `long_` table when max(its sequence's prompt tokens, its position + 1)
/// exceeds `long_after` (longrope as transformers applies it); long_after is 0xFFFFFFFF when there is one table.
struct RopeTable {
  std::vector<float> inverse_frequencies;       ///< [rotary_dim/2]
  std::vector<float> long_inverse_frequencies;  ///< [rotary_dim/2], or empty
  std::uint32_t long_after = 0xFFFFFFFF;
  float magnitude = 1.0F;
  bool interleaved = false;  ///< pairs (2i, 2i+1) instead of (i, i + rotary_dim/2)
};

enum class ActivationKind : std::uint8_t { kSilu, kGeluTanh, kGeluErf };

/// One operation. Fields that its kind does not name are left at their defaults.
struct Op {
  OpKind kind = OpKind::kInput;
  ValueId output = kNoValue;
  std::array<ValueId, 2> inputs{kNoValue, kNoValue};
  WeightId weight = kNoWeight;
  float eps = 0.0F;         ///< kRmsNorm
  std::uint32_t group = 0;  ///< kRmsNorm: columns per group
  std::uint32_t layer = 0;  ///< kKvAppend, kAttention
  std::uint32_t heads = 0, kv_heads = 0,
                head_dim = 0;  ///< kAttention, kKvAppend (kv_heads, head_dim), kRope (heads, head_dim)
  std::uint32_t window = 0;    ///< kAttention: positions seen, itself included; 0: all
  float scale = 1.0F;          ///< kAttention, kScale
  float softcap = 0.0F;        ///< kAttention (0: none), kSoftcap
  ActivationKind activation = ActivationKind::kSilu;  ///< kActivationMul
  std::uint32_t rope_table = 0;                       ///< kRope: index into Graph::rope_tables
  std::uint32_t begin = 0;                            ///< kSliceColumns
};

}  // namespace rbee::engine
