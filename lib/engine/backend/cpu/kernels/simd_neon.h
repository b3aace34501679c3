#pragma once
// Float vectors of NEON, two registers each; see simd_avx512.h for what each operation does. Every aarch64 processor
// has them, the conversions of float16 included.

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rbee::engine::cpu {

struct Neon {
  static constexpr std::size_t kLanes = 8;
  static constexpr std::size_t kPanelColumns = 4;   // tokens times a panel's two vectors: 16 of 32 registers
  static constexpr std::size_t kAttentionTile = 4;  // queries, times two vectors: likewise
  static constexpr bool kBf16Products = false;
  struct Vec {
    float32x4_t low, high;
  };

  static Vec zero() { return set1(0.0F); }
  static Vec set1(float x) { return {vdupq_n_f32(x), vdupq_n_f32(x)}; }

  static Vec load(const void* p) {
    const auto* const floats = static_cast<const float*>(p);
    return {vld1q_f32(floats), vld1q_f32(floats + 4)};
  }
  static Vec load(const void* p, std::size_t n) {
    float lanes[kLanes] = {};
    std::memcpy(lanes, p, n * sizeof(float));
    return load(lanes);
  }
  static void store(float* p, Vec v) {
    vst1q_f32(p, v.low);
    vst1q_f32(p + 4, v.high);
  }
  static void store(float* p, Vec v, std::size_t n) {
    float lanes[kLanes];
    store(lanes, v);
    std::memcpy(p, lanes, n * sizeof(float));
  }

  static Vec load_bf16(const void* p) { return widen_bf16(load8(p)); }
  static Vec load_bf16(const void* p, std::size_t n) { return widen_bf16(load8(p, n)); }
  static Vec load_f16(const void* p) { return widen_f16(load8(p)); }
  static Vec load_f16(const void* p, std::size_t n) { return widen_f16(load8(p, n)); }
  static void store_bf16(void* p, Vec v) { store8(p, narrow_bf16(v)); }
  static void store_bf16(void* p, Vec v, std::size_t n) { store8(p, narrow_bf16(v), n); }
  static void store_f16(void* p, Vec v) { store8(p, narrow_f16(v)); }
  static void store_f16(void* p, Vec v, std::size_t n) { store8(p, narrow_f16(v), n); }

  static void load_bf16_pairs(const void* p, Vec& even, Vec& odd) {
    const uint16x8x2_t both = vld2q_u16(static_cast<const std::uint16_t*>(p));
    even = widen_bf16(both.val[0]);
    odd = widen_bf16(both.val[1]);
  }
  static void load_f16_pairs(const void* p, Vec& even, Vec& odd) {
    const uint16x8x2_t both = vld2q_u16(static_cast<const std::uint16_t*>(p));
    even = widen_f16(both.val[0]);
    odd = widen_f16(both.val[1]);
  }

  static Vec load_int8(const void* p) {
    const int16x8_t words = vmovl_s8(vld1_s8(static_cast<const std::int8_t*>(p)));
    return {vcvtq_f32_s32(vmovl_s16(vget_low_s16(words))), vcvtq_f32_s32(vmovl_s16(vget_high_s16(words)))};
  }
  static Vec load_int8(const void* p, std::size_t n) {
    std::int8_t lanes[kLanes] = {};
    std::memcpy(lanes, p, n);
    return load_int8(lanes);
  }
  static void store_int8(std::int8_t* p, Vec v) {
    const int16x8_t words = vcombine_s16(vqmovn_s32(vcvtnq_s32_f32(v.low)), vqmovn_s32(vcvtnq_s32_f32(v.high)));
    vst1_s8(p, vqmovn_s16(words));
  }

  static Vec add(Vec a, Vec b) { return {vaddq_f32(a.low, b.low), vaddq_f32(a.high, b.high)}; }
  static Vec sub(Vec a, Vec b) { return {vsubq_f32(a.low, b.low), vsubq_f32(a.high, b.high)}; }
  static Vec mul(Vec a, Vec b) { return {vmulq_f32(a.low, b.low), vmulq_f32(a.high, b.high)}; }
  static Vec div(Vec a, Vec b) { return {vdivq_f32(a.low, b.low), vdivq_f32(a.high, b.high)}; }
  static Vec fma(Vec a, Vec b, Vec c) { return {vfmaq_f32(c.low, a.low, b.low), vfmaq_f32(c.high, a.high, b.high)}; }
  // Of a number and a NaN the second, as on x86; NEON's own maximum gives the NaN.
  static Vec max(Vec a, Vec b) { return select_less(b, a, a, b); }
  static Vec min(Vec a, Vec b) { return select_less(a, b, a, b); }
  static Vec abs(Vec a) { return {vabsq_f32(a.low), vabsq_f32(a.high)}; }
  static Vec select_less(Vec a, Vec b, Vec x, Vec y) {
    return {vbslq_f32(vcltq_f32(a.low, b.low), x.low, y.low), vbslq_f32(vcltq_f32(a.high, b.high), x.high, y.high)};
  }
  static Vec round(Vec a) { return {vrndnq_f32(a.low), vrndnq_f32(a.high)}; }
  static Vec exp2_whole(Vec n) { return {exp2_whole(n.low), exp2_whole(n.high)}; }

  static float sum(Vec v) { return vaddvq_f32(vaddq_f32(v.low, v.high)); }
  static float max_lane(Vec v) { return vmaxvq_f32(vmaxq_f32(v.low, v.high)); }

  static void prefetch(const void* p) { __builtin_prefetch(p, 0, 2); }

 private:
  static uint16x8_t load8(const void* p) { return vld1q_u16(static_cast<const std::uint16_t*>(p)); }
  static uint16x8_t load8(const void* p, std::size_t n) {
    std::uint16_t lanes[kLanes] = {};
    std::memcpy(lanes, p, n * sizeof(std::uint16_t));
    return load8(lanes);
  }
  static void store8(void* p, uint16x8_t v) { vst1q_u16(static_cast<std::uint16_t*>(p), v); }
  static void store8(void* p, uint16x8_t v, std::size_t n) {
    std::uint16_t lanes[kLanes];
    store8(lanes, v);
    std::memcpy(p, lanes, n * sizeof(std::uint16_t));
  }
  static Vec widen_bf16(uint16x8_t h) {
    return {vreinterpretq_f32_u32(vshll_n_u16(vget_low_u16(h), 16)),
            vreinterpretq_f32_u32(vshll_n_u16(vget_high_u16(h), 16))};
  }
  static Vec widen_f16(uint16x8_t h) {
    const float16x8_t halves = vreinterpretq_f16_u16(h);
    return {vcvt_f32_f16(vget_low_f16(halves)), vcvt_f32_f16(vget_high_f16(halves))};
  }
  static uint16x8_t narrow_f16(Vec v) {
    return vreinterpretq_u16_f16(vcombine_f16(vcvt_f16_f32(v.low), vcvt_f16_f32(v.high)));
  }
  static uint16x8_t narrow_bf16(Vec v) { return vcombine_u16(narrow_bf16(v.low), narrow_bf16(v.high)); }
  static uint16x4_t narrow_bf16(float32x4_t v) {
    const uint32x4_t bits = vreinterpretq_u32_f32(v);
    const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    const uint32x4_t rounded = vaddq_u32(vaddq_u32(bits, vdupq_n_u32(0x7FFF)), odd);
    const uint32x4_t quiet = vorrq_u32(bits, vdupq_n_u32(0x400000));
    return vshrn_n_u32(vbslq_u32(vceqq_f32(v, v), rounded, quiet), 16);
  }
  static float32x4_t exp2_whole(float32x4_t n) {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127)), 23));
  }
};

}  // namespace rbee::engine::cpu
