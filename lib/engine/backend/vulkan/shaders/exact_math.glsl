// exp and what is made of it, from operations whose rounding Vulkan bounds tightly. Relative error about 2e-7.

// e^x: 0 below -87.3; inputs above 88.3 give the float of 88.3. Cody-Waite reduction by ln 2 in two parts, then the
// Taylor series to degree 7.
float exp_of(float x) {
  precise float y = clamp(x, -87.3, 88.3);
  precise float n = floor(y * 1.44269504 + 0.5);
  precise float r = fma(n, -0.693359375, y);
  r = fma(n, 2.12194440e-4, r);
  precise float p = 1.0 / 5040.0;
  p = fma(p, r, 1.0 / 720.0);
  p = fma(p, r, 1.0 / 120.0);
  p = fma(p, r, 1.0 / 24.0);
  p = fma(p, r, 1.0 / 6.0);
  p = fma(p, r, 0.5);
  p = fma(p, r, 1.0);
  p = fma(p, r, 1.0);
  precise float power = uintBitsToFloat(uint(int(n) + 127) << 23);
  return x < -87.3 ? 0.0 : p * power;
}

float sigmoid_of(float x) { return 1.0 / (1.0 + exp_of(-x)); }

// The Taylor series to x^15 for |x| < 0.5, 1 - 2/(e^2x + 1) beyond.
float tanh_of(float x) {
  precise float x2 = x * x;
  precise float p = -929569.0 / 638512875.0;
  p = fma(p, x2, 21844.0 / 6081075.0);
  p = fma(p, x2, -1382.0 / 155925.0);
  p = fma(p, x2, 62.0 / 2835.0);
  p = fma(p, x2, -17.0 / 315.0);
  p = fma(p, x2, 2.0 / 15.0);
  p = fma(p, x2, -1.0 / 3.0);
  precise float near = fma(p * x2, x, x);
  precise float far = 1.0 - 2.0 / (exp_of(x + x) + 1.0);
  return abs(x) < 0.5 ? near : far;
}

// erfc z for z >= 0. Source: the Chebyshev fit in Numerical Recipes in C, 2nd edition, section 6.2 (erfcc).
float erfc_of(float z) {
  precise float t = 1.0 / fma(0.5, z, 1.0);
  precise float p = 0.17087277;
  p = fma(p, t, -0.82215223);
  p = fma(p, t, 1.48851587);
  p = fma(p, t, -1.13520398);
  p = fma(p, t, 0.27886807);
  p = fma(p, t, -0.18628806);
  p = fma(p, t, 0.09678418);
  p = fma(p, t, 0.37409196);
  p = fma(p, t, 1.00002368);
  p = fma(p, t, -1.26551223);
  precise float exponent = p - z * z;
  return t * exp_of(exponent);
}

float silu_of(float x) { return x * sigmoid_of(x); }

// 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), written as x times a sigmoid: no cancellation for negative x.
float gelu_tanh_of(float x) {
  precise float inner = x * fma(x * x, 0.044715, 1.0);
  return x * sigmoid_of(inner * 1.5957691216);
}

// 0.5 x erfc(-x / sqrt 2)
float gelu_erf_of(float x) {
  precise float tail = 0.5 * erfc_of(abs(x) * 0.70710678);
  return x * (x < 0.0 ? tail : 1.0 - tail);
}
