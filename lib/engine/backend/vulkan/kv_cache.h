#pragma once
// The paged KV cache in device memory.

#include <cstdint>
#include <vector>

#include "engine/backend/vulkan/buffer.h"
#include "engine/kv/kv_layout.h"

namespace rbee::engine::vulkan {

/// What an element is; the numbers are those of cache.glsl.
enum class CacheType : std::uint32_t { kF32 = 0, kF16 = 1, kBF16 = 2 };

/// By layer, keys and values apart: [blocks][kv_heads][block_tokens][head_dim padded to 8].
class KvCache {
 public:
  static std::uint64_t bytes_needed(const KvLayout& layout);

  /// Throws Error: kUnsupported (a type that is not in CacheType), kExhausted (memory; or more of one layer than a
  /// shader can be given).
  KvCache(const Device& device, const KvLayout& layout);

  BufferRange keys(std::uint32_t layer) const { return {layers_[2 * layer].handle(), 0, half_bytes_}; }
  BufferRange values(std::uint32_t layer) const { return {layers_[2 * layer + 1].handle(), 0, half_bytes_}; }
  const KvLayout& layout() const { return layout_; }
  CacheType type() const { return type_; }
  /// 32-bit words of a row of one head.
  std::uint32_t head_words() const { return head_words_; }

 private:
  const KvLayout layout_;
  const CacheType type_;
  const std::uint32_t head_words_;
  const std::uint64_t half_bytes_;  // of a layer's keys, or of its values
  std::vector<Buffer> layers_;      // keys, values, keys, ...
};

}  // namespace rbee::engine::vulkan
