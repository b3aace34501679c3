#include "engine/backend/cuda/kv_cache.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"

namespace rbee::engine::cuda {
namespace {

std::uint32_t words_of_head(const KvLayout& layout) {
  const std::uint32_t padded = (layout.head_dim + 7) / 8 * 8;
  return layout.dtype == formats::DType::kF32 ? padded : padded / 2;
}

std::string type_name(formats::DType dtype) {
  if (dtype != formats::DType::kF32 && dtype != formats::DType::kF16 && dtype != formats::DType::kBF16) {
    fail(ErrorKind::kUnsupported, "the cuda backend keeps keys and values as F32, F16 or BF16, not as {}",
         formats::dtype_info(dtype).name);
  }
  return std::string(formats::dtype_info(dtype).name);
}

std::uint64_t half_bytes(const KvLayout& layout) {
  const Checked rows = Checked(layout.blocks) * layout.kv_heads * layout.block_tokens;
  return std::max<std::uint64_t>((rows * words_of_head(layout) * 4).value_or_throw("KV cache"), 16);
}

}  // namespace

std::uint64_t KvCache::bytes_needed(const KvLayout& layout) {
  return (Checked(half_bytes(layout)) * 2 * std::max(layout.layers, 1U)).value_or_throw("KV cache");
}

KvCache::KvCache(const Device& device, const KvLayout& layout)
    : layout_(layout),
      type_(type_name(layout.dtype)),
      half_bytes_(half_bytes(layout)),
      buffer_(device, bytes_needed(layout), "the KV cache") {}

CacheView KvCache::layer(std::uint32_t layer) const {
  return {.keys = buffer_.at<std::uint32_t>(2 * half_bytes_ * layer),
          .values = buffer_.at<std::uint32_t>(2 * half_bytes_ * layer + half_bytes_),
          .kv_heads = layout_.kv_heads,
          .head_words = words_of_head(layout_),
          .block_tokens = layout_.block_tokens};
}

}  // namespace rbee::engine::cuda
