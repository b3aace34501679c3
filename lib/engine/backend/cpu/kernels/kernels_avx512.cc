#include "engine/backend/cpu/kernels/int_avx512.h"
#include "engine/backend/cpu/kernels/make_kernels.h"
#include "engine/backend/cpu/kernels/quantized_matmul.h"
#include "engine/backend/cpu/kernels/simd_avx512.h"

namespace rbee::engine::cpu {

const Kernels& avx512_kernels() {
  static constexpr Kernels kKernels = make_kernels<Avx512>(quantized_matmul<IntAvx512>);
  return kKernels;
}

}  // namespace rbee::engine::cpu
