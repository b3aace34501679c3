#include "engine/backend/cpu/kv_cache.h"

#include "base/checked.h"
#include "base/error.h"

namespace rbee::engine::cpu {
namespace {

FloatType cache_type(formats::DType dtype) {
  switch (dtype) {
    case formats::DType::kF32:
      return FloatType::kF32;
    case formats::DType::kF16:
      return FloatType::kF16;
    case formats::DType::kBF16:
      return FloatType::kBF16;
    default:
      fail(ErrorKind::kUnsupported, "the cpu backend keeps keys and values as F32, F16 or BF16, not as {}",
           formats::dtype_info(dtype).name);
  }
}

}  // namespace

KvCache::KvCache(const KvLayout& layout)
    : layout_(layout),
      type_(cache_type(layout.dtype)),
      row_bytes_(std::uint64_t{layout.head_dim} * float_type_bytes(type_)),
      head_bytes_((Checked(row_bytes_) * layout.block_tokens).value_or_throw("KV cache")),
      half_block_bytes_((Checked(head_bytes_) * layout.kv_heads).value_or_throw("KV cache")),
      layer_bytes_((Checked(half_block_bytes_) * 2 * layout.blocks).value_or_throw("KV cache")),
      memory_((Checked(layer_bytes_) * layout.layers).value_or_throw("KV cache"), "the KV cache") {}

std::byte* KvCache::keys(std::uint32_t layer, std::uint32_t head) const {
  return memory_.data() + layer * layer_bytes_ + head * head_bytes_;
}

std::byte* KvCache::key_row(std::uint32_t layer, std::uint32_t head, const StepSequence& sequence,
                            std::uint32_t position) const {
  const std::uint64_t block = sequence.blocks[position / layout_.block_tokens].value();
  return keys(layer, head) + block * block_bytes() + position % layout_.block_tokens * row_bytes_;
}

}  // namespace rbee::engine::cpu
