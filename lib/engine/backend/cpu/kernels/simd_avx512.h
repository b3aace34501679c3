#pragma once
// Float vectors of AVX-512 (F, BW, VL, DQ). Included only by files compiled with these instruction sets.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

/// Sixteen float32 lanes. Every instruction set's header gives the same operations; the kernels are written over them.
struct Avx512 {
  using Vec = __m512;
  static constexpr std::size_t kLanes = 16;
  static constexpr bool kBf16Products = false;
  static constexpr std::size_t kPanelColumns = 12;  // tokens times two panels: 24 accumulators of 32 registers
  static constexpr std::size_t kAttentionTile = 8;  // queries, times two vectors: 16 accumulators

  static Vec zero() { return _mm512_setzero_ps(); }
  static Vec set1(float x) { return _mm512_set1_ps(x); }
  static __mmask16 first(std::size_t n) { return static_cast<__mmask16>((1U << n) - 1U); }

  static Vec load(const void* p) { return _mm512_loadu_ps(p); }
  /// The first n lanes (n < kLanes), zeros after them.
  static Vec load(const void* p, std::size_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
  static void store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
  static void store(float* p, Vec v, std::size_t n) { _mm512_mask_storeu_ps(p, first(n), v); }

  static Vec load_bf16(const void* p) { return widen_bf16(_mm256_loadu_si256(static_cast<const __m256i*>(p))); }
  static Vec load_bf16(const void* p, std::size_t n) { return widen_bf16(_mm256_maskz_loadu_epi16(first(n), p)); }
  static Vec load_f16(const void* p) { return _mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(p))); }
  static Vec load_f16(const void* p, std::size_t n) { return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first(n), p)); }
  static void store_bf16(void* p, Vec v) { _mm256_storeu_si256(static_cast<__m256i*>(p), narrow_bf16(v)); }
  static void store_bf16(void* p, Vec v, std::size_t n) { _mm256_mask_storeu_epi16(p, first(n), narrow_bf16(v)); }
  static void store_f16(void* p, Vec v) { _mm256_storeu_si256(static_cast<__m256i*>(p), narrow_f16(v)); }
  static void store_f16(void* p, Vec v, std::size_t n) { _mm256_mask_storeu_epi16(p, first(n), narrow_f16(v)); }

  /// Sixteen pairs of neighbours: the first of each in `even`, the second in `odd`.
  static void load_bf16_pairs(const void* p, Vec& even, Vec& odd) {
    const __m512i both = _mm512_loadu_si512(p);
    even = _mm512_castsi512_ps(_mm512_slli_epi32(both, 16));
    odd = _mm512_castsi512_ps(_mm512_and_si512(both, _mm512_set1_epi32(static_cast<int>(0xFFFF0000U))));
  }
  static void load_f16_pairs(const void* p, Vec& even, Vec& odd) {
    const __m512i both = _mm512_loadu_si512(p);
    even = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(both));
    odd = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32(both, 16)));
  }

  static Vec load_int8(const void* p) { return widen_int8(_mm_loadu_si128(static_cast<const __m128i*>(p))); }
  static Vec load_int8(const void* p, std::size_t n) { return widen_int8(_mm_maskz_loadu_epi8(first(n), p)); }

  /// Whole numbers from -128 to 127.
  static void store_int8(std::int8_t* p, Vec v) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtsepi32_epi8(_mm512_cvtps_epi32(v)));
  }

  static Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
  static Vec sub(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
  static Vec mul(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
  static Vec div(Vec a, Vec b) { return _mm512_div_ps(a, b); }
  /// a * b + c
  static Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
  static Vec max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
  static Vec min(Vec a, Vec b) { return _mm512_min_ps(a, b); }
  static Vec abs(Vec a) { return _mm512_abs_ps(a); }
  /// a < b ? x : y, by lane.
  static Vec select_less(Vec a, Vec b, Vec x, Vec y) {
    return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x);
  }
  static Vec round(Vec a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  /// 2^n for whole n in [-126, 127].
  static Vec exp2_whole(Vec n) {
    const __m512i biased = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(biased, 23));
  }

  /// Sum of the lanes as a fixed tree: halves, quarters, eighths, pairs.
  static float sum(Vec v) {
    const __m128 q = quarter(v);
    const __m128 pair = _mm_add_ps(q, _mm_movehl_ps(q, q));
    return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
  }
  static float max_lane(Vec v) { return _mm512_reduce_max_ps(v); }

  static void prefetch(const void* p) { _mm_prefetch(static_cast<const char*>(p), _MM_HINT_T1); }

 private:
  static Vec widen_int8(__m128i b) { return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(b)); }
  static Vec widen_bf16(__m256i h) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(h), 16)); }
  static __m256i narrow_f16(Vec v) { return _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  /// Round to nearest even; a NaN stays one (its quiet bit is set).
  static __m256i narrow_bf16(Vec v) {
    const __m512i bits = _mm512_castps_si512(v);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    __m512i rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7FFF)), odd);
    const __mmask16 nan = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
    rounded = _mm512_mask_or_epi32(rounded, nan, bits, _mm512_set1_epi32(0x400000));
    return _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16));
  }
  static __m128 quarter(Vec v) {
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  }
};

}  // namespace rbee::engine::cpu
