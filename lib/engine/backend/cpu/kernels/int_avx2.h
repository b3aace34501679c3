#pragma once
// Integer vectors of AVX2 for the panel kernels; see int_avx512_vnni.h for what each operation does.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

struct IntAvx2 {
  using Vec = __m256i;
  using FVec = __m256;
  static constexpr std::size_t kRows = 8;
  static constexpr std::size_t kColumns = 4;

  static Vec set1(std::uint32_t x) { return _mm256_set1_epi32(static_cast<int>(x)); }
  static Vec load(const std::uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(std::uint8_t* p, Vec v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Vec bit_and(Vec a, Vec b) { return _mm256_and_si256(a, b); }
  static Vec bit_or(Vec a, Vec b) { return _mm256_or_si256(a, b); }
  static Vec bit_xor(Vec a, Vec b) { return _mm256_xor_si256(a, b); }
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

  static void load_rows(const std::byte* const* rows, std::size_t offset, Vec* out) {
    Vec z[4];
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) {
      z[j] = _mm256_inserti128_si256(_mm256_castsi128_si256(row16(rows[j] + offset)), row16(rows[4 + j] + offset), 1);
    }
    const Vec a = _mm256_unpacklo_epi32(z[0], z[1]), b = _mm256_unpacklo_epi32(z[2], z[3]);
    const Vec c = _mm256_unpackhi_epi32(z[0], z[1]), d = _mm256_unpackhi_epi32(z[2], z[3]);
    out[0] = _mm256_unpacklo_epi64(a, b);
    out[1] = _mm256_unpackhi_epi64(a, b);
    out[2] = _mm256_unpacklo_epi64(c, d);
    out[3] = _mm256_unpackhi_epi64(c, d);
  }
  static Vec load_dwords(const std::byte* const* rows, std::size_t offset) {
    alignas(32) std::uint32_t lanes[kRows];
    for (std::size_t r = 0; r < kRows; ++r) __builtin_memcpy(&lanes[r], rows[r] + offset, 4);
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(lanes));
  }

  static FVec to_float(Vec v) {
    return _mm256_cvtepi32_ps(v);
  }
  static FVec half_to_float(Vec v) {
    const Vec low = _mm256_and_si256(v, _mm256_set1_epi32(0xFFFF));
    const Vec packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, low), 0x08);
    return _mm256_cvtph_ps(_mm256_castsi256_si128(packed));
  }
  static FVec fset1(float x) {
    return _mm256_set1_ps(x);
  }
  static FVec fload(const float* p) {
    return _mm256_loadu_ps(p);
  }
  static void fstore(float* p, FVec v) {
    _mm256_storeu_ps(p, v);
  }
  static FVec fmul(FVec a, FVec b) {
    return _mm256_mul_ps(a, b);
  }
  static FVec fma(FVec a, FVec b, FVec c) {
    return _mm256_fmadd_ps(a, b, c);
  }
  static FVec fnma(FVec a, FVec b, FVec c) {
    return _mm256_fnmadd_ps(a, b, c);
  }

  static Vec even_bytes(Vec v) {
    return _mm256_and_si256(v, _mm256_set1_epi16(0xFF));
  }
  static Vec odd_bytes(Vec v) {
    return _mm256_srli_epi16(v, 8);
  }
  static Vec add(Vec a, Vec b) {
    return _mm256_add_epi32(a, b);
  }
  static Vec dot(Vec acc, Vec w, Vec x) {
    acc = _mm256_add_epi32(acc, _mm256_madd_epi16(w, x));
    asm("" : "+x"(acc));  // GCC would gather the products of a block before it adds them, and spill them
    return acc;
  }

  static void prefetch(const std::byte* p) {
    _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T1);
  }

 private:
  static __m128i row16(const std::byte* p) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  }
};

}  // namespace rbee::engine::cpu
