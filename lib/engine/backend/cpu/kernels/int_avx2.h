#pragma once
// Integer vectors of AVX2 for the panel kernels; see int_avx512_base.h for what each operation does.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

struct IntAvx2 {
  using Vec = __m256i;
  using FVec = __m256;
  static constexpr std::size_t kLanes = 8;
  static constexpr std::size_t kVectors = 2;  // of rows, times tokens: 4 sums and 4 results of 16 registers
  static constexpr std::size_t kColumns = 2;
  static constexpr bool kFusedFma = true;
  static constexpr std::size_t kAhead = 2048;
  static constexpr bool kSignedBytes = true;  // unsigned ones above 127 could overflow the 16-bit sums of pairs

  static Vec set1(std::uint32_t x) { return _mm256_set1_epi32(static_cast<int>(x)); }
  static Vec load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static void store(std::uint8_t* p, Vec v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Vec bit_and(Vec a, Vec b) { return _mm256_and_si256(a, b); }
  static Vec bit_or(Vec a, Vec b) { return _mm256_or_si256(a, b); }
  static Vec bit_xor(Vec a, Vec b) { return _mm256_xor_si256(a, b); }
  static Vec add(Vec a, Vec b) { return _mm256_add_epi32(a, b); }
  static Vec mul(Vec a, Vec b) { return _mm256_mullo_epi32(a, b); }
  template <int n>
  static Vec shift_right(Vec v) {
    return _mm256_srli_epi32(v, n);
  }
  template <int n>
  static Vec shift_left(Vec v) {
    return _mm256_slli_epi32(v, n);
  }
  template <int i>
  static Vec signed_byte(Vec v) {
    return _mm256_srai_epi32(_mm256_slli_epi32(v, 24 - 8 * i), 24);
  }
  static Vec lookup(Vec v, const std::int8_t* table) {
    const __m128i t = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(t), v);
  }

  static FVec as_float(Vec v) { return _mm256_castsi256_ps(v); }
  static FVec to_float(Vec v) { return _mm256_cvtepi32_ps(v); }
  static FVec half_to_float(Vec v) {
    const Vec low = _mm256_and_si256(v, _mm256_set1_epi32(0xFFFF));
    const Vec packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, low), 0x08);
    return _mm256_cvtph_ps(_mm256_castsi256_si128(packed));
  }
  static FVec load_halves(const void* p) { return _mm256_cvtph_ps(_mm_loadu_si128(static_cast<const __m128i*>(p))); }
  static FVec fset1(float x) { return _mm256_set1_ps(x); }
  static FVec fload(const float* p) { return _mm256_loadu_ps(p); }
  static void fstore(float* p, FVec v) { _mm256_storeu_ps(p, v); }
  static FVec fmul(FVec a, FVec b) { return _mm256_mul_ps(a, b); }
  static FVec fma(FVec a, FVec b, FVec c) { return _mm256_fmadd_ps(a, b, c); }
  static FVec fnma(FVec a, FVec b, FVec c) { return _mm256_fnmadd_ps(a, b, c); }

  static Vec dot(Vec acc, Vec w, Vec x) { return add_pairs(acc, _mm256_maddubs_epi16(w, x)); }
  static Vec dot_signed(Vec acc, Vec w, Vec x) {
    return add_pairs(acc, _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w)));
  }

  static void prefetch(const std::byte* p) { _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0); }

 private:
  static Vec add_pairs(Vec acc, Vec pairs) {
    acc = _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
    asm("" : "+x"(acc));  // GCC would gather the products of a block before it adds them, and spill them
    return acc;
  }
};

}  // namespace rbee::engine::cpu
