#include "engine/backend/vulkan/kv_cache.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"

namespace rbee::engine::vulkan {
namespace {

CacheType cache_type(formats::DType dtype) {
  switch (dtype) {
    case formats::DType::kF32:
      return CacheType::kF32;
    case formats::DType::kF16:
      return CacheType::kF16;
    case formats::DType::kBF16:
      return CacheType::kBF16;
    default:
      fail(ErrorKind::kUnsupported, "the vulkan backend keeps keys and values as F32, F16 or BF16, not as {}",
           formats::dtype_info(dtype).name);
  }
}

std::uint32_t words_of_head(const KvLayout& layout) {
  const std::uint32_t padded = (layout.head_dim + 7) / 8 * 8;
  return cache_type(layout.dtype) == CacheType::kF32 ? padded : padded / 2;
}

std::uint64_t half_bytes(const KvLayout& layout) {
  const Checked rows = Checked(layout.blocks) * layout.kv_heads * layout.block_tokens;
  return std::max<std::uint64_t>((rows * words_of_head(layout) * 4).value_or_throw("KV cache"), 16);
}

}  // namespace

std::uint64_t KvCache::bytes_needed(const KvLayout& layout) {
  return (Checked(half_bytes(layout)) * 2 * layout.layers).value_or_throw("KV cache");
}

KvCache::KvCache(const Device& device, const KvLayout& layout)
    : layout_(layout),
      type_(cache_type(layout.dtype)),
      head_words_(words_of_head(layout)),
      half_bytes_(half_bytes(layout)) {
  if (half_bytes_ > device.binding_bytes_max()) {
    fail(ErrorKind::kExhausted,
         "the keys of one layer need {} bytes, a shader on {} is given {}: take a smaller context or KV cache",
         half_bytes_, device.description(), device.binding_bytes_max());
  }
  for (std::uint32_t i = 0; i < 2 * layout.layers; ++i) {
    layers_.emplace_back(device, half_bytes_, Placement::kDevice, "the KV cache");
  }
}

}  // namespace rbee::engine::vulkan
