#pragma once
// exp and what is made of it, over any vector type of simd_*.h. One code for every path, so results never depend on
// how work was cut up. Relative error about 2e-7 (exp), 1e-6 (the others).

#include <cstddef>

namespace rbee::engine::cpu {

/// e^x. 0 below -87.3 and (but for exact zeros) never subnormal; inputs above 88.3 give the float of 88.3.
/// Cody-Waite reduction by ln 2 in two parts, then the Taylor series to degree 7 on |r| <= ln(2)/2.
template <class S>
typename S::Vec vexp(typename S::Vec x) {
  using V = typename S::Vec;
  const V lowest = S::set1(-87.3F);
  const V y = S::max(lowest, S::min(S::set1(88.3F), x));  // x second: a NaN stays one
  const V n = S::round(S::mul(y, S::set1(1.44269504F)));
  V r = S::fma(n, S::set1(-0.693359375F), y);  // ln 2, the part with few bits
  r = S::fma(n, S::set1(2.12194440e-4F), r);   // minus the rest
  V p = S::set1(1.0F / 5040.0F);
  p = S::fma(p, r, S::set1(1.0F / 720.0F));
  p = S::fma(p, r, S::set1(1.0F / 120.0F));
  p = S::fma(p, r, S::set1(1.0F / 24.0F));
  p = S::fma(p, r, S::set1(1.0F / 6.0F));
  p = S::fma(p, r, S::set1(0.5F));
  p = S::fma(p, r, S::set1(1.0F));
  p = S::fma(p, r, S::set1(1.0F));
  return S::select_less(x, lowest, S::zero(), S::mul(p, S::exp2_whole(n)));
}

/// 1 / (1 + e^-x)
template <class S>
typename S::Vec vsigmoid(typename S::Vec x) {
  const typename S::Vec one = S::set1(1.0F);
  return S::div(one, S::add(one, vexp<S>(S::sub(S::zero(), x))));
}

/// tanh x: its Taylor series to x^15 for |x| < 0.5, 1 - 2/(e^2x + 1) beyond.
template <class S>
typename S::Vec vtanh(typename S::Vec x) {
  using V = typename S::Vec;
  const V x2 = S::mul(x, x);
  V p = S::set1(-929569.0F / 638512875.0F);
  p = S::fma(p, x2, S::set1(21844.0F / 6081075.0F));
  p = S::fma(p, x2, S::set1(-1382.0F / 155925.0F));
  p = S::fma(p, x2, S::set1(62.0F / 2835.0F));
  p = S::fma(p, x2, S::set1(-17.0F / 315.0F));
  p = S::fma(p, x2, S::set1(2.0F / 15.0F));
  p = S::fma(p, x2, S::set1(-1.0F / 3.0F));
  const V near = S::fma(S::mul(p, x2), x, x);
  const V one = S::set1(1.0F);
  const V far = S::sub(one, S::div(S::set1(2.0F), S::add(vexp<S>(S::add(x, x)), one)));
  return S::select_less(S::abs(x), S::set1(0.5F), near, far);
}

/// erfc z for z >= 0, relative error 1.2e-7 before rounding.
/// Source: the Chebyshev fit in Numerical Recipes in C, 2nd edition, section 6.2 (erfcc).
template <class S>
typename S::Vec verfc(typename S::Vec z) {
  using V = typename S::Vec;
  const V t = S::div(S::set1(1.0F), S::fma(S::set1(0.5F), z, S::set1(1.0F)));
  V p = S::set1(0.17087277F);
  p = S::fma(p, t, S::set1(-0.82215223F));
  p = S::fma(p, t, S::set1(1.48851587F));
  p = S::fma(p, t, S::set1(-1.13520398F));
  p = S::fma(p, t, S::set1(0.27886807F));
  p = S::fma(p, t, S::set1(-0.18628806F));
  p = S::fma(p, t, S::set1(0.09678418F));
  p = S::fma(p, t, S::set1(0.37409196F));
  p = S::fma(p, t, S::set1(1.00002368F));
  p = S::fma(p, t, S::set1(-1.26551223F));
  const V exponent = S::sub(p, S::mul(z, z));
  return S::mul(t, vexp<S>(exponent));
}

template <class S>
typename S::Vec vsilu(typename S::Vec x) {
  return S::mul(x, vsigmoid<S>(x));
}

/// 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), written as x times a sigmoid: no cancellation for negative x.
template <class S>
typename S::Vec vgelu_tanh(typename S::Vec x) {
  const typename S::Vec x2 = S::mul(x, x);
  const typename S::Vec inner = S::mul(x, S::fma(x2, S::set1(0.044715F), S::set1(1.0F)));
  return S::mul(x, vsigmoid<S>(S::mul(inner, S::set1(1.5957691216F))));
}

/// 0.5 x erfc(-x / sqrt 2)
template <class S>
typename S::Vec vgelu_erf(typename S::Vec x) {
  using V = typename S::Vec;
  const V tail = S::mul(S::set1(0.5F), verfc<S>(S::mul(S::abs(x), S::set1(0.70710678F))));
  return S::mul(x, S::select_less(x, S::zero(), tail, S::sub(S::set1(1.0F), tail)));
}

}  // namespace rbee::engine::cpu
