#pragma once
// Integer vectors of AVX-512 for the panel kernels. Included only by files compiled with these sets.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

/// Sixteen 32-bit lanes, one per weight row. Every instruction set's header gives the same operations.
struct IntAvx512Base {
  using Vec = __m512i;
  using FVec = __m512;
  static constexpr std::size_t kLanes = 16;
  static constexpr bool kFusedFma = true;      // rounds once
  static constexpr std::size_t kAhead = 8192;  // bytes that are fetched ahead of a panel's words

  static Vec set1(std::uint32_t x) { return _mm512_set1_epi32(static_cast<int>(x)); }
  static Vec load(const void* p) { return _mm512_loadu_si512(p); }
  static void store(std::uint8_t* p, Vec v) { _mm512_storeu_si512(p, v); }
  static Vec bit_and(Vec a, Vec b) { return _mm512_and_si512(a, b); }
  static Vec bit_or(Vec a, Vec b) { return _mm512_or_si512(a, b); }
  static Vec bit_xor(Vec a, Vec b) { return _mm512_xor_si512(a, b); }
  static Vec add(Vec a, Vec b) { return _mm512_add_epi32(a, b); }
  static Vec mul(Vec a, Vec b) { return _mm512_mullo_epi32(a, b); }
  template <int n>
  static Vec shift_right(Vec v) {
    return _mm512_srli_epi32(v, n);
  }
  template <int n>
  static Vec shift_left(Vec v) {
    return _mm512_slli_epi32(v, n);
  }
  /// Byte i (0 to 3) of every lane as a signed number.
  template <int i>
  static Vec signed_byte(Vec v) {
    return _mm512_srai_epi32(_mm512_slli_epi32(v, 24 - 8 * i), 24);
  }
  /// table[b] for every byte b < 16.
  static Vec lookup(Vec v, const std::int8_t* table) {
    const __m128i t = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
    return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(t), v);
  }

  /// The same bits.
  static FVec as_float(Vec v) { return _mm512_castsi512_ps(v); }
  static FVec to_float(Vec v) { return _mm512_cvtepi32_ps(v); }
  /// The float16 in the low half of every lane.
  static FVec half_to_float(Vec v) { return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(v)); }
  /// kLanes neighbouring float16.
  static FVec load_halves(const void* p) { return _mm512_cvtph_ps(_mm256_loadu_si256(static_cast<const __m256i*>(p))); }
  static FVec fset1(float x) { return _mm512_set1_ps(x); }
  static FVec fload(const float* p) { return _mm512_loadu_ps(p); }
  static void fstore(float* p, FVec v) { _mm512_storeu_ps(p, v); }
  static FVec fmul(FVec a, FVec b) { return _mm512_mul_ps(a, b); }
  static FVec fma(FVec a, FVec b, FVec c) { return _mm512_fmadd_ps(a, b, c); }
  /// c - a * b
  static FVec fnma(FVec a, FVec b, FVec c) { return _mm512_fnmadd_ps(a, b, c); }

  static void prefetch(const std::byte* p) { _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T1); }
};

}  // namespace rbee::engine::cpu
