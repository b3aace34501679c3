#pragma once
// Integer vectors of NEON with the dot products of Armv8.2 (FEAT_DotProd) for the panel kernels.

#include "engine/backend/cpu/kernels/int_neon.h"

namespace rbee::engine::cpu {

struct IntNeonDotprod : IntNeon {
  static Vec dot(Vec acc, Vec w, Vec x) { return dot_signed(acc, w, x); }  // up to 127: the same
  static Vec dot_signed(Vec acc, Vec w, Vec x) {
    return vreinterpretq_u32_s32(
        vdotq_s32(vreinterpretq_s32_u32(acc), vreinterpretq_s8_u32(w), vreinterpretq_s8_u32(x)));
  }
};

}  // namespace rbee::engine::cpu
