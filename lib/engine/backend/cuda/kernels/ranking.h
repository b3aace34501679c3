#pragma once
// Columns of a row as numbers in the order of candidates.

#include "engine/backend/cuda/kernels/arithmetic.h"

namespace rbee::engine::cuda {

/// Larger where a column ranks before another: by its value, then by its number, the lower first. NaN counts as
/// +infinity, -0 as 0. Never 0, which stands for no column; never the largest number.
RBEE_BOTH u64 rank_of(float value, u32 column) {
  constexpr u32 kSign = 0x80000000U, kInfinity = 0x7F800000U;
  const u32 bits = bits_of(value);
  u32 order = (bits & kSign) != 0 ? ~bits : bits | kSign;
  if (bits == kSign) order = kSign;
  if ((bits & ~kSign) > kInfinity) order = kInfinity | kSign;
  return u64{order} << 32 | ~column;
}

RBEE_BOTH u32 column_of(u64 rank) {
  return ~static_cast<u32>(rank);
}

}  // namespace rbee::engine::cuda
