#pragma once
// What the attention kernels are called with, and how the cache that they read is laid out.
//
// A block of one head: the keys [head_dim][block_tokens], so that a vector holds positions; the values
// [block_tokens][head_dim]. kQ8_0 has a byte per value; behind them, keys and values alike, the float16 scales
// [blocks of kScaleBlock channels][block_tokens].

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

enum class CacheType : std::uint8_t { kF32, kF16, kBF16, kQ8_0 };

/// Channels that share a scale in kQ8_0; the last ones may be fewer.
constexpr std::size_t kScaleBlock = 32;

/// Bytes of a value without its scale.
[[gnu::always_inline]] inline std::size_t cache_value_bytes(CacheType type) {
  return type == CacheType::kF32 ? 4 : (type == CacheType::kQ8_0 ? 1 : 2);
}

/// Where to put one head's key and value of one position.
struct KvStore {
  const float* key = nullptr;  ///< [head_dim]
  const float* value = nullptr;
  std::byte* key_block = nullptr;  ///< the head's part of the block
  std::byte* value_block = nullptr;
  std::size_t slot = 0;  ///< of the position in the block
  std::size_t block_tokens = 0;
  std::size_t head_dim = 0;
  CacheType type = CacheType::kF16;
};

/// Attention of `tokens` consecutive tokens of one sequence for `heads` query heads that share a KV head: `rows` of
/// queries, row = token * heads + head, that read each key and value once.
///
/// Positions are cut, counted from 0, into spans and these into chunks. A span is an online softmax over its chunks
/// from left to right, starting from nothing; spans are merged from left to right. So a row's result does not depend on
/// what else is computed with it, nor on who computes which span.
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
  const std::byte* values = nullptr;      ///< likewise; 64 bytes behind the last one's end may be read
  std::size_t block_bytes = 0;            ///< from one block to the next
  std::size_t block_tokens = 0;           ///< positions per block
  const std::uint32_t* blocks = nullptr;  ///< block of positions [i * block_tokens, ...)
  CacheType type = CacheType::kF16;
  float* scratch = nullptr;  ///< attention_scratch(head_dim) floats of the calling thread, 64-byte aligned
};

constexpr std::size_t kAttentionChunk = 64;
constexpr std::size_t kAttentionSpan = 512;
constexpr std::size_t kAttentionRows = 64;

/// The spans [begin, end) that a task's rows see.
struct AttentionSpans {
  std::size_t begin, end;
};
[[gnu::always_inline]] inline AttentionSpans attention_spans(std::size_t position, std::size_t tokens,
                                                             std::size_t window) {
  const std::size_t first = window == 0 || position < window ? 0 : position + 1 - window;
  return {first / kAttentionSpan, (position + tokens + kAttentionSpan - 1) / kAttentionSpan};
}

/// Rows of scratch matrices are padded to whole vectors of any instruction set.
[[gnu::always_inline]] inline std::size_t padded_head(std::size_t head_dim) {
  return (head_dim + 15) / 16 * 16;
}

/// Floats of one row's running softmax: the weighted values, the weights' sum by lane, the largest score.
[[gnu::always_inline]] inline std::size_t attention_state(std::size_t head_dim) {
  return padded_head(head_dim) + 32;
}

[[gnu::always_inline]] inline std::size_t attention_scratch(std::size_t head_dim) {
  const std::size_t scales = 2 * ((head_dim + kScaleBlock - 1) / kScaleBlock) * kAttentionChunk;
  const std::size_t chunk = 2 * kAttentionChunk * padded_head(head_dim);
  const std::size_t rows = padded_head(head_dim) + 2 * attention_state(head_dim) + 2 * kAttentionChunk;
  return scales + chunk + kAttentionRows * rows;
}

}  // namespace rbee::engine::cpu
