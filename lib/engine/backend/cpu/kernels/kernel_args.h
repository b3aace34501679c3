#pragma once
// What the kernels are called with: plain pointers and sizes, no types of the engine.
// Kernel headers are compiled once per instruction set: what is not a template over the set is always inlined, so that
// the linker can never choose a copy that the machine cannot run.

#include <cstddef>
#include <cstdint>

#include "engine/backend/cpu/kernels/panel.h"

namespace rbee::engine::cpu {

/// How a plain float matrix is stored.
enum class FloatType : std::uint8_t { kF32, kF16, kBF16 };

[[gnu::always_inline]] inline std::size_t float_type_bytes(FloatType type) {
  return type == FloatType::kF32 ? 4 : 2;
}

/// Weight rows [row_begin, row_end) times all tokens: y[t][r] = sum over k of w[r][k] * x[t][k], one chain of fma in
/// the order of k, whatever `tokens` and the row range.
struct FloatMatmul {
  const std::byte* panels = nullptr;  ///< of row 0 (panel.h), aligned to kPanelLine
  std::size_t panel_bytes = 0;        ///< from one panel to the next
  FloatType type = FloatType::kF32;
  std::size_t row_begin = 0, row_end = 0;  ///< row_begin a multiple of kPanelRows
  std::size_t columns = 0;
  const float* x = nullptr;  ///< [tokens, columns] at x_stride floats
  std::size_t x_stride = 0;
  std::size_t tokens = 0;
  float* y = nullptr;  ///< [tokens, rows] at y_stride floats
  std::size_t y_stride = 0;
};

constexpr std::size_t kFloatAhead = 4096;        // bytes that are fetched ahead of each panel
constexpr std::size_t kFloatChunkColumns = 256;  // with 12 tokens 12 KiB, with two panels 16 KiB: both in L1
constexpr std::size_t kFloatChunkRows = 256;     // 128 KiB of 16-bit weights stay in L2 for all tokens

/// Attention of `tokens` consecutive tokens of one sequence for `heads` query heads that share a KV head.
/// Keys and values are read in chunks of kAttentionChunk positions counted from position 0, with an online softmax
/// from left to right, so a token's result does not depend on what else is computed with it.
struct AttentionTask {
  const float* queries = nullptr;  ///< token 0, first head; tokens at row_stride, heads at head_dim
  float* out = nullptr;            ///< likewise
  std::size_t row_stride = 0;
  std::size_t tokens = 0, heads = 0;  ///< tokens * heads <= kAttentionRows
  std::size_t head_dim = 0;
  std::size_t position = 0;               ///< of token 0
  std::size_t window = 0;                 ///< positions seen, the token's own included; 0: all
  float scale = 1.0F, softcap = 0.0F;     ///< softcap 0: none
  const std::byte* keys = nullptr;        ///< this layer's and head's part of block 0
  const std::byte* values = nullptr;      ///< likewise
  std::size_t block_bytes = 0;            ///< from one block to the next
  std::size_t block_tokens = 0;           ///< positions per block, contiguous rows of head_dim
  const std::uint32_t* blocks = nullptr;  ///< block of positions [i * block_tokens, ...)
  FloatType type = FloatType::kF16;
  float* scratch = nullptr;  ///< attention_scratch(head_dim) floats of the calling thread
};

constexpr std::size_t kAttentionChunk = 32;
constexpr std::size_t kAttentionRows = 64;

/// Rows of scratch matrices are padded to whole vectors of any instruction set.
[[gnu::always_inline]] inline std::size_t padded_head(std::size_t head_dim) {
  return (head_dim + 15) / 16 * 16;
}
/// Key and value chunk, queries, accumulators, scores.
[[gnu::always_inline]] inline std::size_t attention_scratch(std::size_t head_dim) {
  return (2 * kAttentionChunk + 2 * kAttentionRows) * padded_head(head_dim) + kAttentionRows * kAttentionChunk;
}

enum class Activation : std::uint8_t { kSilu, kGeluTanh, kGeluErf };

/// Rotation of one token's heads.
struct RopeRow {
  const float* x = nullptr;  ///< [heads, head_dim]
  float* y = nullptr;        ///< likewise
  std::size_t heads = 0, head_dim = 0;
  std::size_t pairs = 0;       ///< rotary_dim / 2; channels from 2 * pairs on are copied
  const float* cos = nullptr;  ///< [pairs]
  const float* sin = nullptr;  ///< [pairs]
};

}  // namespace rbee::engine::cpu
