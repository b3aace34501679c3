#include "engine/backend/cpu/kernels/int_neon_dotprod.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/kernels/quantized_matmul.h"

namespace rbee::engine::cpu {

// Only what is made of IntNeonDotprod may be compiled here: everything else must run without dot products too.
const Kernels& neon_dotprod_kernels() {
  static const Kernels kKernels = [] {
    Kernels kernels = neon_kernels();
    kernels.quantized_matmul = quantized_matmul<IntNeonDotprod>;
    return kernels;
  }();
  return kKernels;
}

}  // namespace rbee::engine::cpu
