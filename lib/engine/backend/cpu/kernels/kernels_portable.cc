#include "engine/backend/cpu/kernels/int_portable.h"
#include "engine/backend/cpu/kernels/make_kernels.h"
#include "engine/backend/cpu/kernels/quantized_matmul.h"
#include "engine/backend/cpu/kernels/simd_portable.h"

namespace rbee::engine::cpu {

const Kernels& portable_kernels() {
  static constexpr Kernels kKernels = make_kernels<Portable>(quantized_matmul<IntPortable>);
  return kKernels;
}

}  // namespace rbee::engine::cpu
