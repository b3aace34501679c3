#pragma once
// Where the keys and values of a chunk of positions are read from, over any vector type of simd_*.h.

#include "engine/backend/cpu/kernels/attention_args.h"

namespace rbee::engine::cpu {

template <class S>
struct LoadF32 {
  static constexpr std::size_t kBytes = 4;
  static typename S::Vec load(const std::byte* p) { return S::load(p); }
  static typename S::Vec load(const std::byte* p, std::size_t n) { return S::load(p, n); }
};
template <class S>
struct LoadF16 {
  static constexpr std::size_t kBytes = 2;
  static typename S::Vec load(const std::byte* p) { return S::load_f16(p); }
  static typename S::Vec load(const std::byte* p, std::size_t n) { return S::load_f16(p, n); }
};
template <class S>
struct LoadBF16 {
  static constexpr std::size_t kBytes = 2;
  static typename S::Vec load(const std::byte* p) { return S::load_bf16(p); }
  static typename S::Vec load(const std::byte* p, std::size_t n) { return S::load_bf16(p, n); }
};
template <class S>
struct LoadInt8 {
  static constexpr std::size_t kBytes = 1;
  static typename S::Vec load(const std::byte* p) { return S::load_int8(p); }
  static typename S::Vec load(const std::byte* p, std::size_t n) { return S::load_int8(p, n); }
};

/// Keys by channel: the vectors of positions of one channel are `key_stride` bytes from those of the one before.
/// Values by position. Scales, of kQ8_0 alone, as float32 [blocks of channels][kAttentionChunk].
template <class S>
struct AttentionChunk {
  static constexpr std::size_t kVectors = kAttentionChunk / S::kLanes;
  std::size_t start = 0, count = 0;  ///< positions
  const std::byte* keys[kVectors];   ///< channel 0
  std::size_t key_stride = 0;
  const std::byte* values[kAttentionChunk];
  const float* key_scales = nullptr;
  const float* value_scales = nullptr;
  /// Where the next chunk lies in the cache: read ahead, a line at a time, while this one is multiplied.
  const std::byte* next_keys[kVectors];
  const std::byte* next_values[kAttentionChunk];
  std::size_t next_key_stride = 0;

  void set_next_to_itself() {
    for (std::size_t v = 0; v < kVectors; ++v) next_keys[v] = keys[v];
    for (std::size_t j = 0; j < kAttentionChunk; ++j) next_values[j] = values[j < count ? j : 0];
    next_key_stride = key_stride;
  }
};

/// A head's part of the block that holds `position`, which is its slot `slot`.
struct BlockPlace {
  std::size_t offset, slot;
};
[[gnu::always_inline]] inline BlockPlace block_of(const AttentionTask& t, std::size_t position) {
  return {t.blocks[position / t.block_tokens] * t.block_bytes, position % t.block_tokens};
}

/// Calls visit(first of the chunk's positions, how many, their place) for every stretch that lies in one block.
template <class S, class Visit>
void for_each_stretch(const AttentionTask& t, const AttentionChunk<S>& c, const Visit& visit) {
  for (std::size_t j = 0; j < c.count;) {
    const BlockPlace place = block_of(t, c.start + j);
    const std::size_t left = t.block_tokens - place.slot;
    const std::size_t n = left < c.count - j ? left : c.count - j;
    visit(j, n, place);
    j += n;
  }
}

/// Copies `n` values as float32.
template <class S, template <class> class W>
void widen(const std::byte* from, float* to, std::size_t n) {
  std::size_t i = 0;
  for (; i + S::kLanes <= n; i += S::kLanes) S::store(to + i, W<S>::load(from + i * W<S>::kBytes));
  if (i < n) S::store(to + i, W<S>::load(from + i * W<S>::kBytes, n - i), n - i);
}

/// Reads the scales of keys (or values) at `base` into [blocks of channels][kAttentionChunk].
template <class S>
void load_scales(const AttentionTask& t, const AttentionChunk<S>& c, const std::byte* base, float* to) {
  const std::size_t blocks = (t.head_dim + kScaleBlock - 1) / kScaleBlock;
  for_each_stretch(t, c, [&](std::size_t j, std::size_t n, BlockPlace place) {
    const std::byte* from = base + place.offset + t.head_dim * t.block_tokens + place.slot * 2;
    for (std::size_t b = 0; b < blocks; ++b) {
      widen<S, LoadF16>(from + b * t.block_tokens * 2, to + b * kAttentionChunk + j, n);
    }
  });
}

/// Whether whole vectors of positions lie in one block.
template <class S>
bool has_whole_vectors(const AttentionTask& t) {
  return t.block_tokens % S::kLanes == 0;
}

/// Where `count` positions from `start` on lie in the cache: keys by vector, values by position.
template <class S, template <class> class W>
void find_rows(const AttentionTask& t, std::size_t start, std::size_t count, const std::byte** keys,
               const std::byte** values) {
  const std::size_t row_bytes = t.head_dim * W<S>::kBytes;
  for (std::size_t j = 0; j < count; j += S::kLanes) {
    const BlockPlace place = block_of(t, start + j);
    keys[j / S::kLanes] = t.keys + place.offset + place.slot * W<S>::kBytes;
    const std::byte* row = t.values + place.offset + place.slot * row_bytes;
    const std::size_t n = count - j < S::kLanes ? count - j : S::kLanes;
    for (std::size_t i = 0; i < n; ++i) values[j + i] = row + i * row_bytes;
  }
}

/// The chunk where it lies in the cache. Needs has_whole_vectors().
template <class S, template <class> class W>
void find_chunk(const AttentionTask& t, AttentionChunk<S>& c) {
  c.key_stride = t.block_tokens * W<S>::kBytes;
  find_rows<S, W>(t, c.start, c.count, c.keys, c.values);
}

/// What follows until `end`; where that is nothing, the chunk itself, which is no trouble to read again.
template <class S, template <class> class W>
void find_next(const AttentionTask& t, AttentionChunk<S>& c, std::size_t end) {
  const std::size_t next = c.start + c.count < end ? c.start + c.count : c.start;
  const std::size_t count = end - next < kAttentionChunk ? end - next : kAttentionChunk;
  c.next_key_stride = t.block_tokens * W<S>::kBytes;
  find_rows<S, W>(t, next, count, c.next_keys, c.next_values);
  for (std::size_t v = (count + S::kLanes - 1) / S::kLanes; v < AttentionChunk<S>::kVectors; ++v) {
    c.next_keys[v] = c.next_keys[0];
  }
  for (std::size_t j = count; j < kAttentionChunk; ++j) c.next_values[j] = c.next_values[0];
}

/// The chunk as float32 (without the scales) in `keys` [head_dim][kAttentionChunk] and `values` [kAttentionChunk]
/// [padded_head]: pays where many rows read it.
template <class S, template <class> class W>
void widen_chunk(const AttentionTask& t, AttentionChunk<S>& c, float* keys, float* values) {
  const std::size_t padded = padded_head(t.head_dim), key_stride = t.block_tokens * W<S>::kBytes;
  for_each_stretch(t, c, [&](std::size_t j, std::size_t n, BlockPlace place) {
    const std::byte* key = t.keys + place.offset + place.slot * W<S>::kBytes;
    const std::byte* value = t.values + place.offset + place.slot * t.head_dim * W<S>::kBytes;
    for (std::size_t i = 0; i < t.head_dim; ++i) {
      widen<S, W>(key + i * key_stride, keys + i * kAttentionChunk + j, n);
    }
    for (std::size_t i = 0; i < n; ++i) {
      widen<S, W>(value + i * t.head_dim * W<S>::kBytes, values + (j + i) * padded, t.head_dim);
    }
  });
  c.key_stride = kAttentionChunk * sizeof(float);
  for (std::size_t v = 0; v < AttentionChunk<S>::kVectors; ++v) {
    c.keys[v] = reinterpret_cast<const std::byte*>(keys + v * S::kLanes);
  }
  for (std::size_t j = 0; j < c.count; ++j) c.values[j] = reinterpret_cast<const std::byte*>(values + j * padded);
}

}  // namespace rbee::engine::cpu
