#include "engine/backend/cpu/kv_cache.h"

#include "base/checked.h"
#include "base/error.h"

namespace rbee::engine::cpu {
namespace {

constexpr std::uint64_t kReadAhead = 64;  // bytes behind the end: AttentionTask::values

CacheType cache_type(formats::DType dtype) {
  switch (dtype) {
    case formats::DType::kF32:
      return CacheType::kF32;
    case formats::DType::kF16:
      return CacheType::kF16;
    case formats::DType::kBF16:
      return CacheType::kBF16;
    case formats::DType::kQ8_0:
      return CacheType::kQ8_0;
    default:
      fail(ErrorKind::kUnsupported, "the cpu backend keeps keys and values as F32, F16, BF16 or Q8_0, not as {}",
           formats::dtype_info(dtype).name);
  }
}

}  // namespace

bool is_cache_type(formats::DType dtype) {
  return !formats::is_quantized(dtype) || dtype == formats::DType::kQ8_0;
}

KvCache::KvCache(const KvLayout& layout)
    : layout_(layout),
      type_(cache_type(layout.dtype)),
      part_bytes_((Checked(formats::cut_row_bytes(layout.dtype, layout.head_dim)) * layout.block_tokens)
                      .value_or_throw("KV cache")),
      block_bytes_((Checked(part_bytes_) * 2 * layout.kv_heads).value_or_throw("KV cache")),
      layer_bytes_((Checked(block_bytes_) * layout.blocks).value_or_throw("KV cache")),
      memory_((Checked(layer_bytes_) * layout.layers + kReadAhead).value_or_throw("KV cache"), "the KV cache") {}

std::byte* KvCache::keys(std::uint32_t layer, std::uint32_t head, BlockId block) const {
  return memory_.data() + layer * layer_bytes_ + block.value() * block_bytes_ + 2 * head * part_bytes_;
}

}  // namespace rbee::engine::cpu
