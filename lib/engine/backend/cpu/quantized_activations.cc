#include "engine/backend/cpu/quantized_activations.h"

#include "base/checked.h"

namespace rbee::engine::cpu {

// Per 32 values: two times 32 numbers, a scale, a scaled sum, a sum and two half sums.
QuantizedActivations::QuantizedActivations(std::size_t rows_max, std::size_t columns_max, ActivationBits bits)
    : values_max_((Checked(rows_max) * Checked(columns_max).padded_to(256)).value_or_throw("activations")),
      fine_(is_fine(bits, columns_max)),
      memory_((Checked(values_max_ / 32) * (64 + 5 * 4)).value_or_throw("activations"), "the quantized activations") {}

QuantizedRows QuantizedActivations::row(std::size_t row, std::size_t columns) const {
  const std::size_t block = row * columns / 32;
  const std::size_t blocks_max = values_max_ / 32;
  auto* numbers = reinterpret_cast<std::int8_t*>(memory_.data());
  auto* floats = reinterpret_cast<float*>(memory_.data() + 2 * values_max_);
  auto* sums = reinterpret_cast<std::int32_t*>(floats + 2 * blocks_max);
  return {.q = numbers + 32 * block,
          .low = fine_ ? numbers + values_max_ + 32 * block : nullptr,
          .scales = floats + block,
          .scaled_sums = floats + blocks_max + block,
          .minus_sums = sums + block,
          .minus_half_sums = sums + blocks_max + 2 * block};
}

}  // namespace rbee::engine::cpu
