#pragma once
// Numbers and functions of one argument, from operations that every compiler rounds alike. Nothing is fused that does
// not say so: the compilers are told not to.

#include "engine/backend/cuda/kernels/dialect.h"

namespace rbee::engine::cuda {

RBEE_BOTH float float_of(u32 bits) {
  return __builtin_bit_cast(float, bits);
}
RBEE_BOTH u32 bits_of(float value) {
  return __builtin_bit_cast(u32, value);
}

/// a * b + c, rounded once.
RBEE_BOTH float fused(float a, float b, float c) {
  return __builtin_fmaf(a, b, c);
}
RBEE_BOTH float larger(float a, float b) {
  return a > b ? a : b;
}
RBEE_BOTH u32 smaller(u32 a, u32 b) {
  return a < b ? a : b;
}
RBEE_BOTH u32 larger(u32 a, u32 b) {
  return a > b ? a : b;
}

/// Of an IEEE 754 binary16 bit pattern, exactly.
RBEE_BOTH float float_of_half(u32 half) {
  const u32 magnitude = (half & 0x7FFFU) << 13;
  // The exponents differ by 112; the product is exact for subnormal halves too.
  const float value = magnitude >= 0x0F800000U ? float_of(magnitude + 0x70000000U) : float_of(magnitude) * 0x1p112F;
  return float_of(bits_of(value) | (half & 0x8000U) << 16);
}

/// To nearest, ties to even; infinity beyond the largest half.
RBEE_BOTH u32 half_of(float value) {
  const u32 bits = bits_of(value), sign = bits >> 16 & 0x8000U, magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return sign | 0x7E00U;   // not a number
  if (magnitude >= 0x477FF000U) return sign | 0x7C00U;  // 65520 and more
  if (magnitude < 0x38800000U) {                        // below 2^-14: multiples of 2^-24
    // 0.5 has steps of 2^-24: adding it rounds, and leaves the number in the low bits.
    return sign | (bits_of(float_of(magnitude) + 0.5F) - 0x3F000000U);
  }
  return sign | (magnitude - 0x38000000U + 0xFFFU + (magnitude >> 13 & 1U)) >> 13;
}

/// To nearest, ties to even.
RBEE_BOTH u32 bfloat16_of(float value) {
  const u32 bits = bits_of(value);
  if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return bits >> 16 | 0x40U;
  return (bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16;
}

/// e^x with a relative error of about 2e-7: 0 below -87.3; inputs above 88.3 give the float of 88.3. Cody-Waite
/// reduction by ln 2 in two parts, then the Taylor series to degree 7.
RBEE_BOTH float exp_of(float x) {
  if (x < -87.3F) return 0.0F;
  const float y = x > 88.3F ? 88.3F : x;
  const float n = __builtin_floorf(y * 1.44269504F + 0.5F);
  const float r = fused(n, 2.12194440e-4F, fused(n, -0.693359375F, y));
  float p = 1.0F / 5040.0F;
  p = fused(p, r, 1.0F / 720.0F);
  p = fused(p, r, 1.0F / 120.0F);
  p = fused(p, r, 1.0F / 24.0F);
  p = fused(p, r, 1.0F / 6.0F);
  p = fused(p, r, 0.5F);
  p = fused(p, r, 1.0F);
  p = fused(p, r, 1.0F);
  return p * float_of(static_cast<u32>(static_cast<int>(n) + 127) << 23);
}

RBEE_BOTH float sigmoid_of(float x) {
  return 1.0F / (1.0F + exp_of(-x));
}

/// The Taylor series to x^15 for |x| < 0.5, 1 - 2/(e^2x + 1) beyond.
RBEE_BOTH float tanh_of(float x) {
  if (x >= 0.5F || x <= -0.5F) return 1.0F - 2.0F / (exp_of(x + x) + 1.0F);
  const float x2 = x * x;
  float p = -929569.0F / 638512875.0F;
  p = fused(p, x2, 21844.0F / 6081075.0F);
  p = fused(p, x2, -1382.0F / 155925.0F);
  p = fused(p, x2, 62.0F / 2835.0F);
  p = fused(p, x2, -17.0F / 315.0F);
  p = fused(p, x2, 2.0F / 15.0F);
  p = fused(p, x2, -1.0F / 3.0F);
  return fused(p * x2, x, x);
}

/// erfc z for z >= 0. Source: the Chebyshev fit in Numerical Recipes in C, 2nd edition, section 6.2 (erfcc).
RBEE_BOTH float erfc_of(float z) {
  const float t = 1.0F / fused(0.5F, z, 1.0F);
  float p = 0.17087277F;
  p = fused(p, t, -0.82215223F);
  p = fused(p, t, 1.48851587F);
  p = fused(p, t, -1.13520398F);
  p = fused(p, t, 0.27886807F);
  p = fused(p, t, -0.18628806F);
  p = fused(p, t, 0.09678418F);
  p = fused(p, t, 0.37409196F);
  p = fused(p, t, 1.00002368F);
  p = fused(p, t, -1.26551223F);
  return t * exp_of(p - z * z);
}

RBEE_BOTH float silu_of(float x) {
  return x * sigmoid_of(x);
}

/// 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), written as x times a sigmoid: no cancellation for negative x.
RBEE_BOTH float gelu_tanh_of(float x) {
  const float inner = x * fused(x * x, 0.044715F, 1.0F);
  return x * sigmoid_of(inner * 1.5957691216F);
}

/// 0.5 x erfc(-x / sqrt 2)
RBEE_BOTH float gelu_erf_of(float x) {
  const float tail = 0.5F * erfc_of((x < 0.0F ? -x : x) * 0.70710678F);
  return x * (x < 0.0F ? tail : 1.0F - tail);
}

}  // namespace rbee::engine::cuda
