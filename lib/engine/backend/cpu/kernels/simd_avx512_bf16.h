#pragma once
// Float vectors of AVX-512 with products of bfloat16 pairs. Included only by files compiled with these sets.

#include "engine/backend/cpu/kernels/simd_avx512.h"

namespace rbee::engine::cpu {

struct Avx512Bf16 : Avx512 {
  static constexpr bool kBf16Products = true;

  /// acc + the two products of neighbours per lane: `w` are sixteen pairs, `x` one. Each lane's products are added in a
  /// fixed order; denormals count as zero (Intel SDM vol. 2, VDPBF16PS).
  static Vec dot_bf16_pairs(Vec acc, const void* w, std::uint32_t x) {
    return _mm512_dpbf16_ps(acc, reinterpret_cast<__m512bh>(_mm512_loadu_si512(w)),
                            reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(x))));
  }
};

}  // namespace rbee::engine::cpu
