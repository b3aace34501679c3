#pragma once
// Integer vectors of AVX-512 without VNNI. Included only by files compiled with these sets.

#include "engine/backend/cpu/kernels/int_avx512_base.h"

namespace rbee::engine::cpu {

struct IntAvx512 : IntAvx512Base {
  static constexpr std::size_t kVectors = 2;
  static constexpr std::size_t kColumns = 5;
  static constexpr bool kSignedBytes = true;  // unsigned ones above 127 could overflow the 16-bit sums of pairs

  /// acc + the sum of four products of bytes up to 127 with signed ones per lane.
  static Vec dot(Vec acc, Vec w, Vec x) { return add_pairs(acc, _mm512_maddubs_epi16(w, x)); }
  /// Likewise of signed bytes; x is not -128.
  static Vec dot_signed(Vec acc, Vec w, Vec x) {
    const Vec same_sign = _mm512_mask_sub_epi8(x, _mm512_movepi8_mask(w), _mm512_setzero_si512(), x);
    return add_pairs(acc, _mm512_maddubs_epi16(_mm512_abs_epi8(w), same_sign));
  }

 private:
  static Vec add_pairs(Vec acc, Vec pairs) {
    return _mm512_add_epi32(acc, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
  }
};

}  // namespace rbee::engine::cpu
