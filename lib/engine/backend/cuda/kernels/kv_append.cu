// Writes the step's keys and values into the cache, rounded to its type. A thread writes one word of each.
#include "engine/backend/cuda/kernels/cache_rows.h"

namespace rbee::engine::cuda {

template <CacheType type>
RBEE_DEVICE void kv_append(const KvAppendArgs& a) {
  const u32 token = block_y(), word = block_x() * kRowThreads + thread_index();
  if (token >= a.step[kTokenCount] || word >= a.cache.kv_heads * a.cache.head_words) return;
  const u32 head = word / a.cache.head_words, i = word % a.cache.head_words;
  const u32 column = type == CacheType::F32 ? i : 2 * i;
  const u64 row =
      cache_row(a.step, a.cache, step_entry(a.step, kTableBegins, token), step_entry(a.step, kPositions, token), head);
  const float* keys = a.keys + u64{token} * a.key_stride + head * a.head_dim + column;
  const float* values = a.values + u64{token} * a.value_stride + head * a.head_dim + column;
  const bool has_first = column < a.head_dim;  // what pads a row is zero
  const bool has_second = type != CacheType::F32 && column + 1 < a.head_dim;
  a.cache.keys[row * a.cache.head_words + i] =
      cache_word<type>(has_first ? keys[0] : 0.0F, has_second ? keys[1] : 0.0F);
  a.cache.values[row * a.cache.head_words + i] =
      cache_word<type>(has_first ? values[0] : 0.0F, has_second ? values[1] : 0.0F);
}

#define RBEE_KV_APPEND(K)                                                \
  K(kv_append_F32, KvAppendArgs, kRowThreads, kv_append<CacheType::F32>) \
  K(kv_append_F16, KvAppendArgs, kRowThreads, kv_append<CacheType::F16>) \
  K(kv_append_BF16, KvAppendArgs, kRowThreads, kv_append<CacheType::BF16>)
RBEE_KERNELS(kv_append_kernels, RBEE_KV_APPEND)

}  // namespace rbee::engine::cuda
