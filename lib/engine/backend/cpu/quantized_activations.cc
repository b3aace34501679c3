#include "engine/backend/cpu/quantized_activations.h"

#include "base/checked.h"

namespace rbee::engine::cpu {

// Per 32 values: 64 bytes of q, a scale, a scaled sum, a sum and two half sums.
QuantizedActivations::QuantizedActivations(std::size_t rows_max, std::size_t columns_max)
    : values_max_((Checked(rows_max) * Checked(columns_max).padded_to(256)).value_or_throw("activations")),
      memory_((Checked(values_max_ / 32) * (64 + 5 * 4)).value_or_throw("activations"), "the quantized activations") {}

QuantizedRows QuantizedActivations::row(std::size_t row, std::size_t columns) const {
  const std::size_t block = row * columns / 32;
  const std::size_t blocks_max = values_max_ / 32;
  auto* floats = reinterpret_cast<float*>(memory_.data() + 2 * values_max_);
  auto* sums = reinterpret_cast<std::int32_t*>(floats + 2 * blocks_max);
  return {.q = reinterpret_cast<std::int16_t*>(memory_.data()) + 32 * block,
          .scales = floats + block,
          .scaled_sums = floats + blocks_max + block,
          .minus_sums = sums + block,
          .minus_half_sums = sums + blocks_max + 2 * block};
}

}  // namespace rbee::engine::cpu
