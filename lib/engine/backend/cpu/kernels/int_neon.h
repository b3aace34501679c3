#pragma once
// Integer vectors of NEON for the panel kernels; see int_avx512_base.h for what each operation does.

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

struct IntNeon {
  using Vec = uint32x4_t;
  using FVec = float32x4_t;
  static constexpr std::size_t kLanes = 4;
  static constexpr std::size_t kVectors = 4;  // of rows, times tokens: 8 sums and 8 results of 32 registers
  static constexpr std::size_t kColumns = 2;
  static constexpr bool kFusedFma = true;
  static constexpr std::size_t kAhead = 2048;
  static constexpr bool kSignedBytes = true;  // the products of bytes are signed ones

  static Vec set1(std::uint32_t x) { return vdupq_n_u32(x); }
  static Vec load(const void* p) { return vld1q_u32(static_cast<const std::uint32_t*>(p)); }
  static void store(std::uint8_t* p, Vec v) { vst1q_u8(p, vreinterpretq_u8_u32(v)); }
  static Vec bit_and(Vec a, Vec b) { return vandq_u32(a, b); }
  static Vec bit_or(Vec a, Vec b) { return vorrq_u32(a, b); }
  static Vec bit_xor(Vec a, Vec b) { return veorq_u32(a, b); }
  static Vec add(Vec a, Vec b) { return vaddq_u32(a, b); }
  static Vec mul(Vec a, Vec b) { return vmulq_u32(a, b); }
  template <int n>
  static Vec shift_right(Vec v) {
    return vshrq_n_u32(v, n);
  }
  template <int n>
  static Vec shift_left(Vec v) {
    return vshlq_n_u32(v, n);
  }
  template <int i>
  static Vec signed_byte(Vec v) {
    return vreinterpretq_u32_s32(vshrq_n_s32(vreinterpretq_s32_u32(vshlq_n_u32(v, 24 - 8 * i)), 24));
  }
  static Vec lookup(Vec v, const std::int8_t* table) {
    return vreinterpretq_u32_s8(vqtbl1q_s8(vld1q_s8(table), vreinterpretq_u8_u32(v)));
  }

  static FVec as_float(Vec v) { return vreinterpretq_f32_u32(v); }
  static FVec to_float(Vec v) { return vcvtq_f32_s32(vreinterpretq_s32_u32(v)); }
  static FVec half_to_float(Vec v) { return vcvt_f32_f16(vreinterpret_f16_u16(vmovn_u32(v))); }
  static FVec load_halves(const void* p) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(static_cast<const std::uint16_t*>(p))));
  }
  static FVec fset1(float x) { return vdupq_n_f32(x); }
  static FVec fload(const float* p) { return vld1q_f32(p); }
  static void fstore(float* p, FVec v) { vst1q_f32(p, v); }
  static FVec fmul(FVec a, FVec b) { return vmulq_f32(a, b); }
  static FVec fma(FVec a, FVec b, FVec c) { return vfmaq_f32(c, a, b); }
  static FVec fnma(FVec a, FVec b, FVec c) { return vfmsq_f32(c, a, b); }

  static Vec dot(Vec acc, Vec w, Vec x) { return dot_signed(acc, w, x); }  // up to 127: the same
  static Vec dot_signed(Vec acc, Vec w, Vec x) {
    // x is at most 127 in magnitude: two products, -32512 at the least, fit in 16 bits.
    const int8x16_t a = vreinterpretq_s8_u32(w), b = vreinterpretq_s8_u32(x);
    const int16x8_t low = vmull_s8(vget_low_s8(a), vget_low_s8(b));
    const int16x8_t high = vmull_high_s8(a, b);
    return vreinterpretq_u32_s32(vpadalq_s16(vreinterpretq_s32_u32(acc), vpaddq_s16(low, high)));
  }

  static void prefetch(const std::byte* p) { __builtin_prefetch(p, 0, 2); }
};

}  // namespace rbee::engine::cpu
