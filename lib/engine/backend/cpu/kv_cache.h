#pragma once
// Where keys and values lie in this backend's cache.

#include <cstddef>
#include <cstdint>

#include "engine/backend/cpu/anonymous_memory.h"
#include "engine/backend/cpu/kernels/attention_args.h"
#include "engine/backend/step.h"
#include "engine/kv/kv_layout.h"

namespace rbee::engine::cpu {

/// Whether the cache can be of this type.
bool is_cache_type(formats::DType dtype);

/// [layers][blocks][kv_heads][keys, values], each a head's part of a block as attention_args.h has it.
class KvCache {
 public:
  /// Reserves address space only. Throws Error{kExhausted}.
  explicit KvCache(const KvLayout& layout);

  /// The keys of `head` in a block; its values are value_offset() further on.
  std::byte* keys(std::uint32_t layer, std::uint32_t head, BlockId block) const;
  std::uint64_t value_offset() const { return part_bytes_; }
  std::uint64_t block_bytes() const { return block_bytes_; }

  const KvLayout& layout() const { return layout_; }
  CacheType type() const { return type_; }

 private:
  KvLayout layout_;
  CacheType type_;
  std::uint64_t part_bytes_;  // a head's keys (or values) of a block
  std::uint64_t block_bytes_;
  std::uint64_t layer_bytes_;
  AnonymousMemory memory_;
};

}  // namespace rbee::engine::cpu
