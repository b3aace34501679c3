#pragma once
// All kernels as the host's compiler made them.

#include <span>
#include <string_view>

#include "engine/backend/cuda/emulation/simt.h"

namespace rbee::engine::cuda {

/// Null when there is no kernel of this name.
const simt::Kernel* find_kernel(std::string_view name);
/// One span per family.
std::span<const std::span<const simt::Kernel>> kernel_families();

}  // namespace rbee::engine::cuda
