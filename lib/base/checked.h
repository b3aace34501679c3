#pragma once
// The one checked-arithmetic type: every size that a file or a request can influence is computed with it.

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace rbee {

/// An unsigned 64-bit number whose overflow is remembered instead of wrapped.
///   const uint64_t bytes = (Checked(rows) * cols * 2).value_or_throw("tensor 'x'");
class Checked {
 public:
  constexpr Checked(std::uint64_t value) : value_(value) {}  // NOLINT: implicit on purpose, mixes with plain numbers

  constexpr bool overflowed() const { return overflowed_; }

  /// The number; throws Error{kBadFile} "<what>: size overflows" when any step overflowed.
  std::uint64_t value_or_throw(std::string_view what) const {
    if (overflowed_) fail(ErrorKind::kBadFile, "{}: size overflows 64 bits", what);
    return value_;
  }

  /// True when the number is known and at most `limit`.
  constexpr bool at_most(std::uint64_t limit) const { return !overflowed_ && value_ <= limit; }

  constexpr Checked& operator+=(Checked other) {
    overflowed_ = __builtin_add_overflow(value_, other.value_, &value_) || overflowed_ || other.overflowed_;
    return *this;
  }
  constexpr Checked& operator*=(Checked other) {
    overflowed_ = __builtin_mul_overflow(value_, other.value_, &value_) || overflowed_ || other.overflowed_;
    return *this;
  }
  constexpr Checked& operator-=(Checked other) {
    overflowed_ = __builtin_sub_overflow(value_, other.value_, &value_) || overflowed_ || other.overflowed_;
    return *this;
  }
  friend constexpr Checked operator+(Checked a, Checked b) { return a += b; }
  friend constexpr Checked operator*(Checked a, Checked b) { return a *= b; }
  friend constexpr Checked operator-(Checked a, Checked b) { return a -= b; }

  /// Rounded up to a multiple of `alignment`, a power of two.
  constexpr Checked padded_to(std::uint64_t alignment) const {
    Checked up = *this + (alignment - 1);
    up.value_ &= ~(alignment - 1);
    return up;
  }

 private:
  std::uint64_t value_;
  bool overflowed_ = false;
};

}  // namespace rbee
