#include "engine/backend/cpu/kernels/int_neon.h"
#include "engine/backend/cpu/kernels/make_kernels.h"
#include "engine/backend/cpu/kernels/quantized_matmul.h"
#include "engine/backend/cpu/kernels/simd_neon.h"

namespace rbee::engine::cpu {

const Kernels& neon_kernels() {
  static constexpr Kernels kKernels = make_kernels<Neon>(quantized_matmul<IntNeon>);
  return kKernels;
}

}  // namespace rbee::engine::cpu
