#pragma once
// The shape of the paged KV cache.

#include <cstdint>

#include "formats/dtype.h"

namespace rbee::engine {

/// `blocks` blocks of `block_tokens` positions, for each of `layers` layers, keys and values of kv_heads * head_dim.
struct KvLayout {
  std::uint32_t layers = 0;
  std::uint32_t kv_heads = 0;
  std::uint32_t head_dim = 0;
  std::uint32_t block_tokens = 16;
  std::uint32_t blocks = 0;
  formats::DType dtype = formats::DType::kF16;  ///< one of kv_dtypes()

  /// Bytes of one position over all layers, keys and values.
  std::uint64_t token_bytes() const {
    return std::uint64_t{2} * layers * kv_heads * formats::cut_row_bytes(dtype, head_dim);
  }
  /// Bytes of the whole cache.
  std::uint64_t bytes() const { return token_bytes() * block_tokens * blocks; }
};

}  // namespace rbee::engine
