#pragma once
// How finely the input of quantized matmuls is rounded.

#include <cstddef>
#include <cstdint>

namespace rbee::engine::cpu {

/// k8 is the fast one. k15 takes twice as long and errs 16,000 times less (in squares); kAuto takes it for small
/// models, whose logits feel the rounding most (NMSE up to 2e-3 with k8) and whose speed hangs on other things.
enum class ActivationBits : std::uint8_t { kAuto, k8, k15 };

/// Models whose matmuls have no wider input than this get k15 from kAuto.
constexpr std::size_t kFineColumnsMax = 2048;

constexpr bool is_fine(ActivationBits bits, std::size_t columns_max) {
  return bits == ActivationBits::k15 || (bits == ActivationBits::kAuto && columns_max <= kFineColumnsMax);
}

}  // namespace rbee::engine::cpu
