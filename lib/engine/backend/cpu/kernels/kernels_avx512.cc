#include "engine/backend/cpu/kernels/make_kernels.h"
#include "engine/backend/cpu/kernels/simd_avx512.h"

namespace rbee::engine::cpu {

// Without VNNI the products are those of AVX2 (vpmaddwd), so its kernel serves.
const Kernels& avx512_kernels() {
  static const Kernels kKernels = make_kernels<Avx512>(avx2_kernels().quantized_matmul);
  return kKernels;
}

}  // namespace rbee::engine::cpu
