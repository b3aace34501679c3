#pragma once
// How work is cut among the threads.

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

/// A part of [0, n).
struct Range {
  std::size_t begin = 0, end = 0;
};

/// Worker's share of `n` things in units of `unit`: contiguous, the same in every step.
inline Range share_of(std::size_t n, std::size_t unit, std::uint32_t worker, std::uint32_t workers) {
  const std::size_t units = (n + unit - 1) / unit;
  return {std::min(n, units * worker / workers * unit), std::min(n, units * (worker + 1) / workers * unit)};
}

}  // namespace rbee::engine::cpu
