#pragma once
// Writes keys and values into the cache, over any vector type of simd_*.h.

#include "engine/backend/cpu/kernels/attention_args.h"

namespace rbee::engine::cpu {

/// Rounds one vector of at most kLanes values to the cache's float type.
template <class S>
void store_cache_floats(std::byte* to, typename S::Vec v, std::size_t count, CacheType type) {
  if (type == CacheType::kF32) {
    S::store(reinterpret_cast<float*>(to), v, count);
  } else if (type == CacheType::kF16) {
    S::store_f16(to, v, count);
  } else {
    S::store_bf16(to, v, count);
  }
}

/// `bytes` apart, `count` values that lie one behind the other at `from`.
[[gnu::always_inline]] inline void scatter(const std::byte* from, std::byte* to, std::size_t count, std::size_t bytes,
                                           std::size_t stride) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t b = 0; b < bytes; ++b) to[i * stride + b] = from[i * bytes + b];
  }
}

/// The factor of `n` values (at most kScaleBlock), as kv_dtype.h has it; written to `scale` as float16.
template <class S>
float store_scale(const float* x, std::size_t n, std::byte* scale) {
  typename S::Vec most = S::zero();
  for (std::size_t i = 0; i < n; i += S::kLanes) {
    most = S::max(most, S::abs(n - i < S::kLanes ? S::load(x + i, n - i) : S::load(x + i)));
  }
  S::store_f16(scale, S::min(S::set1(S::max_lane(most) / 127.0F), S::set1(65504.0F)), 1);
  return S::max_lane(S::load_f16(scale, 1));
}

/// Value i goes to `to + i * stride`; the scale of block b of channels to `scales + b * scale_stride`.
template <class S>
void store_q8_0(const float* x, std::size_t n, std::byte* to, std::size_t stride, std::byte* scales,
                std::size_t scale_stride) {
  for (std::size_t begin = 0; begin < n; begin += kScaleBlock) {
    const std::size_t end = n - begin < kScaleBlock ? n : begin + kScaleBlock;
    const float scale = store_scale<S>(x + begin, end - begin, scales + begin / kScaleBlock * scale_stride);
    const typename S::Vec inverse = S::set1(scale > 0.0F ? 1.0F / scale : 0.0F);
    for (std::size_t i = begin; i < end; i += S::kLanes) {
      const std::size_t count = end - i < S::kLanes ? end - i : S::kLanes;
      const typename S::Vec v = S::round(S::mul(count < S::kLanes ? S::load(x + i, count) : S::load(x + i), inverse));
      std::int8_t bytes[S::kLanes];
      S::store_int8(bytes, S::max(S::min(v, S::set1(127.0F)), S::set1(-127.0F)));
      scatter(reinterpret_cast<const std::byte*>(bytes), to + i * stride, count, 1, stride);
    }
  }
}

template <class S>
void store_kv(const KvStore& s) {
  const std::size_t bytes = cache_value_bytes(s.type);
  std::byte* keys = s.key_block + s.slot * bytes;
  std::byte* values = s.value_block + s.slot * s.head_dim * bytes;
  if (s.type == CacheType::kQ8_0) {
    const std::size_t scales = s.head_dim * s.block_tokens + s.slot * 2;
    store_q8_0<S>(s.key, s.head_dim, keys, s.block_tokens, s.key_block + scales, s.block_tokens * 2);
    store_q8_0<S>(s.value, s.head_dim, values, 1, s.value_block + scales, s.block_tokens * 2);
    return;
  }
  for (std::size_t i = 0; i < s.head_dim; i += S::kLanes) {
    const std::size_t count = s.head_dim - i < S::kLanes ? s.head_dim - i : S::kLanes;
    const bool whole = count == S::kLanes;
    std::byte row[S::kLanes * sizeof(float)];
    store_cache_floats<S>(row, whole ? S::load(s.key + i) : S::load(s.key + i, count), count, s.type);
    scatter(row, keys + i * s.block_tokens * bytes, count, bytes, s.block_tokens * bytes);
    store_cache_floats<S>(values + i * bytes, whole ? S::load(s.value + i) : S::load(s.value + i, count), count,
                          s.type);
  }
}

}  // namespace rbee::engine::cpu
