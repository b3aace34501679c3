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

/// Part `part` of `parts` of `n` things in units of `unit`: contiguous, the same in every step.
inline Range share_of(std::size_t n, std::size_t unit, std::size_t part, std::size_t parts) {
  const std::size_t units = (n + unit - 1) / unit;
  return {std::min(n, units * part / parts * unit), std::min(n, units * (part + 1) / parts * unit)};
}

}  // namespace rbee::engine::cpu
