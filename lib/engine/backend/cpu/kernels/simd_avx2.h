#pragma once
// Float vectors of AVX2 with FMA and F16C; see simd_avx512.h for what each operation does.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rbee::engine::cpu {

struct Avx2 {
  using Vec = __m256;
  static constexpr std::size_t kLanes = 8;
  static constexpr bool kBf16Products = false;
  static constexpr std::size_t kPanelColumns = 4;   // tokens times a panel's two vectors: 8
  static constexpr std::size_t kAttentionTile = 4;  // 8 accumulators

  static Vec zero() { return _mm256_setzero_ps(); }
  static Vec set1(float x) { return _mm256_set1_ps(x); }

  static Vec load(const void* p) { return _mm256_loadu_ps(static_cast<const float*>(p)); }
  static Vec load(const void* p, std::size_t n) {
    float lanes[8] = {};
    std::memcpy(lanes, p, n * sizeof(float));
    return _mm256_loadu_ps(lanes);
  }
  static void store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
  static void store(float* p, Vec v, std::size_t n) {
    float lanes[8];
    _mm256_storeu_ps(lanes, v);
    std::memcpy(p, lanes, n * sizeof(float));
  }

  static Vec load_bf16(const void* p) { return widen_bf16(load8(p)); }
  static Vec load_bf16(const void* p, std::size_t n) { return widen_bf16(load8(p, n)); }
  static Vec load_f16(const void* p) { return _mm256_cvtph_ps(load8(p)); }
  static Vec load_f16(const void* p, std::size_t n) { return _mm256_cvtph_ps(load8(p, n)); }
  static void store_bf16(void* p, Vec v) { _mm_storeu_si128(static_cast<__m128i*>(p), narrow_bf16(v)); }
  static void store_bf16(void* p, Vec v, std::size_t n) { store8(p, narrow_bf16(v), n); }
  static void store_f16(void* p, Vec v) { _mm_storeu_si128(static_cast<__m128i*>(p), narrow_f16(v)); }
  static void store_f16(void* p, Vec v, std::size_t n) { store8(p, narrow_f16(v), n); }

  static void load_bf16_pairs(const void* p, Vec& even, Vec& odd) {
    const __m256i both = _mm256_loadu_si256(static_cast<const __m256i*>(p));
    even = _mm256_castsi256_ps(_mm256_slli_epi32(both, 16));
    odd = _mm256_castsi256_ps(_mm256_and_si256(both, _mm256_set1_epi32(static_cast<int>(0xFFFF0000U))));
  }
  static void load_f16_pairs(const void* p, Vec& even, Vec& odd) {
    const __m256i both = _mm256_loadu_si256(static_cast<const __m256i*>(p));
    even = _mm256_cvtph_ps(low_words(_mm256_and_si256(both, _mm256_set1_epi32(0xFFFF))));
    odd = _mm256_cvtph_ps(low_words(_mm256_srli_epi32(both, 16)));
  }

  static Vec load_int8(const void* p) { return widen_int8(_mm_loadl_epi64(static_cast<const __m128i*>(p))); }
  static Vec load_int8(const void* p, std::size_t n) {
    std::int8_t lanes[8] = {};
    std::memcpy(lanes, p, n);
    return load_int8(lanes);
  }
  static void store_int8(std::int8_t* p, Vec v) {
    const __m256i wide = _mm256_cvtps_epi32(v);
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packs_epi16(words, words));
  }

  static Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
  static Vec sub(Vec a, Vec b) { return _mm256_sub_ps(a, b); }
  static Vec mul(Vec a, Vec b) { return _mm256_mul_ps(a, b); }
  static Vec div(Vec a, Vec b) { return _mm256_div_ps(a, b); }
  static Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
  static Vec max(Vec a, Vec b) { return _mm256_max_ps(a, b); }
  static Vec min(Vec a, Vec b) { return _mm256_min_ps(a, b); }
  static Vec abs(Vec a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), a); }
  static Vec select_less(Vec a, Vec b, Vec x, Vec y) { return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ)); }
  static Vec round(Vec a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  static Vec exp2_whole(Vec n) {
    const __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23));
  }

  static float sum(Vec v) {
    const __m128 q = half(v);
    const __m128 pair = _mm_add_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
  }
  static float max_lane(Vec v) {
    __m128 q = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    q = _mm_max_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_max_ss(q, _mm_movehdup_ps(q)));
  }

  static void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }

 private:
  /// The low halves of lanes that have no others.
  static __m128i low_words(__m256i v) {
    return _mm256_castsi256_si128(_mm256_permute4x64_epi64(_mm256_packus_epi32(v, v), 0x08));
  }
  static Vec widen_int8(__m128i b) { return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(b)); }
  static __m128i load8(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
  static __m128i load8(const void* p, std::size_t n) {
    std::uint16_t lanes[8] = {};
    std::memcpy(lanes, p, n * sizeof(std::uint16_t));
    return load8(lanes);
  }
  static void store8(void* p, __m128i v, std::size_t n) {
    std::uint16_t lanes[8];
    _mm_storeu_si128(reinterpret_cast<__m128i*>(lanes), v);
    std::memcpy(p, lanes, n * sizeof(std::uint16_t));
  }
  static Vec widen_bf16(__m128i h) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(h), 16)); }
  static __m128i narrow_f16(Vec v) { return _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  static __m128i narrow_bf16(Vec v) {
    const __m256i bits = _mm256_castps_si256(v);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i rounded = _mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7FFF)), odd);
    const __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q));
    const __m256i high = _mm256_srli_epi32(_mm256_blendv_epi8(rounded, quiet, nan), 16);
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(high, high), 0x08);
    return _mm256_castsi256_si128(packed);
  }
  static __m128 half(Vec v) { return _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1)); }
};

}  // namespace rbee::engine::cpu
