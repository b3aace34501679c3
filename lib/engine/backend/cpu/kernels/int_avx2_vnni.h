#pragma once
// Integer vectors of AVX2 with AVX-VNNI. Included only by files compiled with these sets.

#include "engine/backend/cpu/kernels/int_avx2.h"

namespace rbee::engine::cpu {

struct IntAvx2Vnni : IntAvx2 {
  static constexpr std::size_t kVectors = 2;  // of rows, times tokens: 6 sums and 6 results of 16 registers
  static constexpr std::size_t kColumns = 3;
  static constexpr bool kSignedBytes = false;

  /// acc + the sum of four products of unsigned with signed bytes per lane.
  static Vec dot(Vec acc, Vec w, Vec x) { return _mm256_dpbusd_avx_epi32(acc, w, x); }
};

}  // namespace rbee::engine::cpu
