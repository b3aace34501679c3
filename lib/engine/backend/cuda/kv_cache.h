#pragma once
// The paged KV cache in device memory.

#include <cstdint>
#include <string>

#include "engine/backend/cuda/buffer.h"
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/kv/kv_layout.h"

namespace rbee::engine::cuda {

/// By layer, keys then values: [blocks][kv_heads][block_tokens][head_dim padded to 8].
class KvCache {
 public:
  static std::uint64_t bytes_needed(const KvLayout& layout);

  /// Throws Error: kUnsupported (not F32, F16 or BF16), kExhausted.
  KvCache(const Device& device, const KvLayout& layout);

  CacheView layer(std::uint32_t layer) const;
  /// "F16", as kernels are named.
  const std::string& type() const { return type_; }
  std::uint64_t positions() const { return std::uint64_t{layout_.blocks} * layout_.block_tokens; }

 private:
  const KvLayout layout_;
  const std::string type_;
  const std::uint64_t half_bytes_;  // of a layer's keys, or of its values
  Buffer buffer_;
};

}  // namespace rbee::engine::cuda
