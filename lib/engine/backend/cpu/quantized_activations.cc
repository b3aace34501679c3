#include "engine/backend/cpu/quantized_activations.h"

#include "base/checked.h"

namespace rbee::engine::cpu {

QuantizedActivations::QuantizedActivations(std::size_t rows_max, std::size_t columns_max, ActivationBits bits)
    : values_max_((Checked(rows_max) * Checked(columns_max).padded_to(256)).value_or_throw("activations")),
      fine_(is_fine(bits, columns_max)),
      memory_((Checked(values_max_ / 32) * (sizeof(QuantizedBlock) + (fine_ ? 32 : 0))).value_or_throw("activations"),
              "the quantized activations", AnonymousMemory::Pages::kHuge) {}

QuantizedRows QuantizedActivations::row(std::size_t row, std::size_t columns) const {
  const std::size_t block = row * columns / 32;
  auto* blocks = reinterpret_cast<QuantizedBlock*>(memory_.data());
  auto* low = reinterpret_cast<std::int8_t*>(blocks + values_max_ / 32);
  return {.blocks = blocks + block, .low = fine_ ? low + 32 * block : nullptr};
}

}  // namespace rbee::engine::cpu
