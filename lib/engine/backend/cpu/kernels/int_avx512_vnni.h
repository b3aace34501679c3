#pragma once
// Integer vectors of AVX-512 with VNNI. Included only by files compiled with these sets.

#include "engine/backend/cpu/kernels/int_avx512_base.h"

namespace rbee::engine::cpu {

struct IntAvx512Vnni : IntAvx512Base {
  static constexpr std::size_t kVectors = 2;  // of rows, times tokens: 12 sums and 12 results of 32 registers
  static constexpr std::size_t kColumns = 6;
  static constexpr bool kSignedBytes = false;

  /// acc + the sum of four products of unsigned with signed bytes per lane.
  static Vec dot(Vec acc, Vec w, Vec x) { return _mm512_dpbusd_epi32(acc, w, x); }
};

}  // namespace rbee::engine::cpu
