#pragma once
// Integer vectors of NEON with the matrix products of bytes (FEAT_I8MM) for the panel kernels. Signed ones do for every
// format: numbers that were moved up are at most 127.

#include "engine/backend/cpu/kernels/int_neon_dotprod.h"

namespace rbee::engine::cpu {

struct IntNeonI8mm : IntNeonDotprod {
  static constexpr std::size_t kTileVectors = 2;  // of kVectors, times tokens: 8 sums and 8 results of 32 registers
  static constexpr std::size_t kColumns = 4;

  /// acc + the sums of eight products per lane: tokens 0, 0, 1, 1 of x with rows 0, 1, 0, 1 of w.
  static Vec dot_pairs(Vec acc, Vec x, Vec w) {
    return vreinterpretq_u32_s32(
        vmmlaq_s32(vreinterpretq_s32_u32(acc), vreinterpretq_s8_u32(x), vreinterpretq_s8_u32(w)));
  }

  /// The lower two words of both by turns, or the upper two.
  static Vec low_words(Vec a, Vec b) { return vzip1q_u32(a, b); }
  static Vec high_words(Vec a, Vec b) { return vzip2q_u32(a, b); }
  /// The lower half of a before that of b, or the upper halves.
  static Vec low_halves(Vec a, Vec b) {
    return vreinterpretq_u32_u64(vzip1q_u64(vreinterpretq_u64_u32(a), vreinterpretq_u64_u32(b)));
  }
  static Vec high_halves(Vec a, Vec b) {
    return vreinterpretq_u32_u64(vzip2q_u64(vreinterpretq_u64_u32(a), vreinterpretq_u64_u32(b)));
  }
};

}  // namespace rbee::engine::cpu
