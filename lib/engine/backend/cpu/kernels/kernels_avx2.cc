#include "engine/backend/cpu/kernels/int_avx2.h"
#include "engine/backend/cpu/kernels/make_kernels.h"
#include "engine/backend/cpu/kernels/quantized_matmul.h"
#include "engine/backend/cpu/kernels/simd_avx2.h"

namespace rbee::engine::cpu {

const Kernels& avx2_kernels() {
  static constexpr Kernels kKernels = make_kernels<Avx2>(quantized_matmul<IntAvx2>);
  return kKernels;
}

}  // namespace rbee::engine::cpu
