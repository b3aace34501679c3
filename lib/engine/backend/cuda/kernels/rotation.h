#pragma once
// The rotation of rope: Su et al., "RoFormer" (2021), eq. 34.

#include "engine/backend/cuda/kernels/dialect.h"

namespace rbee::engine::cuda {

struct Rotation {
  float cosine, sine;
};

/// Of an angle in [0, 2^22), times a magnitude, to within a float32's rounding: in double precision, reduced by
/// multiples of pi/2 in two parts (33 and 53 bits, so that the first product is exact), then Taylor series to x^17.
RBEE_BOTH Rotation rotation_of(float angle, float magnitude) {
  const double x = static_cast<double>(angle);
  const double quarters = __builtin_floor(x * 0.63661977236758134 + 0.5);
  const double r = (x - quarters * 0x1.921fb544p+0) - quarters * 0x1.0b4611a626331p-34;
  const double r2 = r * r;
  double s = 1.0 / 355687428096000.0;
  s = s * r2 - 1.0 / 1307674368000.0;
  s = s * r2 + 1.0 / 6227020800.0;
  s = s * r2 - 1.0 / 39916800.0;
  s = s * r2 + 1.0 / 362880.0;
  s = s * r2 - 1.0 / 5040.0;
  s = s * r2 + 1.0 / 120.0;
  s = s * r2 - 1.0 / 6.0;
  s = r + r * r2 * s;
  double c = 1.0 / 20922789888000.0;
  c = c * r2 - 1.0 / 87178291200.0;
  c = c * r2 + 1.0 / 479001600.0;
  c = c * r2 - 1.0 / 3628800.0;
  c = c * r2 + 1.0 / 40320.0;
  c = c * r2 - 1.0 / 720.0;
  c = c * r2 + 1.0 / 24.0;
  c = c * r2 - 0.5;
  c = 1.0 + r2 * c;
  const u32 quadrant = static_cast<u32>(quarters) & 3U;
  const double cosine = quadrant == 0 ? c : quadrant == 1 ? -s : quadrant == 2 ? -c : s;
  const double sine = quadrant == 0 ? s : quadrant == 1 ? c : quadrant == 2 ? -s : -c;
  return {static_cast<float>(cosine * static_cast<double>(magnitude)),
          static_cast<float>(sine * static_cast<double>(magnitude))};
}

}  // namespace rbee::engine::cuda
