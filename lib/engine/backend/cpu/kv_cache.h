#pragma once
// Where keys and values lie in this backend's cache.

#include <cstddef>
#include <cstdint>

#include "engine/backend/cpu/anonymous_memory.h"
#include "engine/backend/cpu/kernels/kernel_args.h"
#include "engine/backend/step.h"
#include "engine/kv/kv_layout.h"

namespace rbee::engine::cpu {

/// [layers][blocks][keys, values][kv_heads][block_tokens][head_dim]: the rows of one head in a block are contiguous.
class KvCache {
 public:
  /// Reserves address space only. Throws Error{kExhausted}.
  explicit KvCache(const KvLayout& layout);

  /// The key row of `head` at a position of a sequence; its value row is value_offset() further on.
  std::byte* key_row(std::uint32_t layer, std::uint32_t head, const StepSequence& sequence,
                     std::uint32_t position) const;
  std::uint64_t value_offset() const { return half_block_bytes_; }

  /// The keys of `head` in block 0, for AttentionTask.
  std::byte* keys(std::uint32_t layer, std::uint32_t head) const;
  std::uint64_t block_bytes() const { return 2 * half_block_bytes_; }

  const KvLayout& layout() const { return layout_; }
  FloatType type() const { return type_; }

 private:
  KvLayout layout_;
  FloatType type_;
  std::uint64_t row_bytes_;
  std::uint64_t head_bytes_;
  std::uint64_t half_block_bytes_;
  std::uint64_t layer_bytes_;
  AnonymousMemory memory_;
};

}  // namespace rbee::engine::cpu
