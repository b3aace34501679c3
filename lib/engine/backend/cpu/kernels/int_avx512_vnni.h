#pragma once
// Integer vectors of AVX-512 with VNNI for the panel kernels. Included only by files compiled with these sets.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

/// Sixteen 32-bit lanes, one per weight row. Every instruction set's header gives the same operations.
struct IntAvx512Vnni {
  using Vec = __m512i;
  using FVec = __m512;
  static constexpr std::size_t kRows = 16;
  static constexpr std::size_t kColumns = 8;  // tokens: 16 accumulators of 32 registers

  static Vec set1(std::uint32_t x) { return _mm512_set1_epi32(static_cast<int>(x)); }
  static Vec load(const std::uint8_t* p) { return _mm512_loadu_si512(p); }
  static void store(std::uint8_t* p, Vec v) { _mm512_storeu_si512(p, v); }
  static Vec bit_and(Vec a, Vec b) { return _mm512_and_si512(a, b); }
  static Vec bit_or(Vec a, Vec b) { return _mm512_or_si512(a, b); }
  static Vec bit_xor(Vec a, Vec b) { return _mm512_xor_si512(a, b); }
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

  /// 16 bytes of every row, transposed: lane r of out[g] is bytes 4g .. 4g+3 of row r.
  static void load_rows(const std::byte* const* rows, std::size_t offset, Vec* out) {
    Vec z[4];
#pragma GCC unroll 4
    for (std::size_t j = 0; j < 4; ++j) {
      z[j] = _mm512_castsi128_si512(row16(rows[j] + offset));
      z[j] = _mm512_inserti32x4(z[j], row16(rows[4 + j] + offset), 1);
      z[j] = _mm512_inserti32x4(z[j], row16(rows[8 + j] + offset), 2);
      z[j] = _mm512_inserti32x4(z[j], row16(rows[12 + j] + offset), 3);
    }
    const Vec a = _mm512_unpacklo_epi32(z[0], z[1]), b = _mm512_unpacklo_epi32(z[2], z[3]);
    const Vec c = _mm512_unpackhi_epi32(z[0], z[1]), d = _mm512_unpackhi_epi32(z[2], z[3]);
    out[0] = _mm512_unpacklo_epi64(a, b);
    out[1] = _mm512_unpackhi_epi64(a, b);
    out[2] = _mm512_unpacklo_epi64(c, d);
    out[3] = _mm512_unpackhi_epi64(c, d);
  }
  /// Four bytes of every row.
  static Vec load_dwords(const std::byte* const* rows, std::size_t offset) {
    alignas(64) std::uint32_t lanes[kRows];
    for (std::size_t r = 0; r < kRows; ++r) __builtin_memcpy(&lanes[r], rows[r] + offset, 4);
    return _mm512_load_si512(lanes);
  }

  static FVec to_float(Vec v) {
    return _mm512_cvtepi32_ps(v);
  }
  /// The float16 in the low half of every lane.
  static FVec half_to_float(Vec v) {
    return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(v));
  }
  static FVec fset1(float x) {
    return _mm512_set1_ps(x);
  }
  static FVec fload(const float* p) {
    return _mm512_loadu_ps(p);
  }
  static void fstore(float* p, FVec v) {
    _mm512_storeu_ps(p, v);
  }
  static FVec fmul(FVec a, FVec b) {
    return _mm512_mul_ps(a, b);
  }
  static FVec fma(FVec a, FVec b, FVec c) {
    return _mm512_fmadd_ps(a, b, c);
  }
  /// c - a * b
  static FVec fnma(FVec a, FVec b, FVec c) {
    return _mm512_fnmadd_ps(a, b, c);
  }

  /// Bytes 0 and 2 of every lane as two unsigned 16-bit numbers; likewise bytes 1 and 3.
  static Vec even_bytes(Vec v) {
    return _mm512_and_si512(v, _mm512_set1_epi16(0xFF));
  }
  static Vec odd_bytes(Vec v) {
    return _mm512_srli_epi16(v, 8);
  }
  static Vec add(Vec a, Vec b) {
    return _mm512_add_epi32(a, b);
  }
  /// acc + the sum of two products of signed 16-bit numbers per lane.
  static Vec dot(Vec acc, Vec w, Vec x) {
    return _mm512_dpwssd_epi32(acc, w, x);
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
