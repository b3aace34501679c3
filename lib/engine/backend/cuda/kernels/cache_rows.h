#pragma once
// Rows of the paged KV cache in their type.

#include "engine/backend/cuda/kernels/arithmetic.h"
#include "engine/backend/cuda/kernels/four_words.h"
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/kernels/step_view.h"

namespace rbee::engine::cuda {

enum class CacheType : u32 { F32, F16, BF16 };

/// Values in 16 bytes of a row.
template <CacheType type>
constexpr u32 kCacheValues = type == CacheType::F32 ? 4 : 8;

/// The row of a sequence's position and head, counted in rows of head_words.
RBEE_DEVICE u64 cache_row(const u32* step, const CacheView& cache, u32 table_begin, u32 position, u32 head) {
  const u32 block = step_entry(step, kBlockTables, table_begin + position / cache.block_tokens);
  return (u64{block} * cache.kv_heads + head) * cache.block_tokens + position % cache.block_tokens;
}

/// Value `index` of a row's word.
template <CacheType type>
RBEE_BOTH float cache_value(u32 word, u32 index) {
  if constexpr (type == CacheType::F32) return float_of(word);
  if constexpr (type == CacheType::F16) return float_of_half(word >> 16 * index & 0xFFFFU);
  return float_of(index == 0 ? word << 16 : word & 0xFFFF0000U);
}

template <CacheType type>
RBEE_BOTH u32 cache_word(float first, float second) {
  if constexpr (type == CacheType::F32) return bits_of(first);
  if constexpr (type == CacheType::F16) return half_of(first) | half_of(second) << 16;
  return bfloat16_of(first) | bfloat16_of(second) << 16;
}

}  // namespace rbee::engine::cuda
