#pragma once
// Memory for the input of quantized matmuls, as whole numbers.

#include <cstddef>

#include "engine/backend/cpu/activation_bits.h"
#include "engine/backend/cpu/anonymous_memory.h"
#include "engine/backend/cpu/kernels/panel.h"

namespace rbee::engine::cpu {

/// Room for `rows_max` rows of `columns_max` values; filled anew for each input.
class QuantizedActivations {
 public:
  QuantizedActivations(std::size_t rows_max, std::size_t columns_max, ActivationBits bits);

  /// The pointers of row `row` when rows have `columns` values, a multiple of 32.
  QuantizedRows row(std::size_t row, std::size_t columns) const;

 private:
  std::size_t values_max_;
  bool fine_;               // in two parts
  AnonymousMemory memory_;  // blocks, then low
};

}  // namespace rbee::engine::cpu
