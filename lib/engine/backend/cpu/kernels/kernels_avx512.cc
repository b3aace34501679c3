#include "engine/backend/cpu/kernels/make_kernels.h"
#include "engine/backend/cpu/kernels/simd_avx512.h"

namespace rbee::engine::cpu {

const Kernels& avx512_kernels() {
  static constexpr Kernels kKernels = make_kernels<Avx512>();
  return kKernels;
}

}  // namespace rbee::engine::cpu
