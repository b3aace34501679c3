#pragma once
// Time as a parameter, so that a test can own it.

#include <chrono>

namespace rbee {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

/// Where time comes from. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  /// For every timer and duration.
  virtual SteadyTime now() const = 0;
  /// For records, logs and templates only.
  virtual WallTime wall_now() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  SteadyTime now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override { return std::chrono::system_clock::now(); }
};

}  // namespace rbee
