#include "engine/backend/cpu/kernels/int_neon_i8mm.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/kernels/quantized_matmul.h"

namespace rbee::engine::cpu {

// Only what is made of IntNeonI8mm may be compiled here: everything else must run without matrix products too.
const Kernels& neon_i8mm_kernels() {
  static const Kernels kKernels = [] {
    Kernels kernels = neon_kernels();
    kernels.quantized_matmul = quantized_matmul<IntNeonI8mm>;
    return kernels;
  }();
  return kKernels;
}

}  // namespace rbee::engine::cpu
