#include "engine/backend/cpu/kernels/make_kernels.h"
#include "engine/backend/cpu/kernels/simd_avx512.h"

namespace rbee::engine::cpu {

// Without VNNI, 512-bit vectors have no quick product of signed bytes (vpsignb ends at 256 bits): AVX2's kernel serves.
const Kernels& avx512_kernels() {
  static const Kernels kKernels = make_kernels<Avx512>(avx2_kernels().quantized_matmul);
  return kKernels;
}

}  // namespace rbee::engine::cpu
