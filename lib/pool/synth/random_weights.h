#pragma once
// Normally distributed weights that depend on the seed and the place alone.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "pool/synth/model_shape.h"

namespace rbee::pool::synth {

/// Bytes of one value: 2 or 4.
std::uint64_t element_bytes(ElementType type);

/// The 65536 quantiles (i + 1/2) / 65536 of N(mean, deviation), as elements of a type: one table look-up draws a value.
/// The largest is 4.3 deviations from the mean. Immutable; any thread.
class NormalTable {
 public:
  NormalTable(double mean, double deviation, ElementType type);

  /// Writes values number first_value, first_value + 1, … of stream `stream` to `out`, little-endian. `first_value` is
  /// a multiple of 4, `out` holds whole elements. The same numbers whatever the pieces are.
  void draw(std::uint64_t seed, std::uint64_t stream, std::uint64_t first_value, std::span<std::byte> out) const;

 private:
  std::vector<std::uint16_t> narrow_;  // one of the two is filled
  std::vector<float> wide_;
};

/// Rounded to nearest, ties to even. `value` is finite.
std::uint16_t to_bfloat16(float value);
/// The same; `value` lies within ±65504.
std::uint16_t to_half(float value);

}  // namespace rbee::pool::synth
