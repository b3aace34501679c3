#include "engine/backend/cpu/kernels/kernels.h"

namespace rbee::engine::cpu {

const Kernels& kernels_for(Isa isa) {
  switch (isa) {
    case Isa::kPortable:
      break;
#if defined(__x86_64__)
    case Isa::kAvx2:
      return avx2_kernels();
    case Isa::kAvx2Vnni:
      return avx2_vnni_kernels();
    case Isa::kAvx512:
      return avx512_kernels();
    case Isa::kAvx512Vnni:
      return avx512_vnni_kernels();
    case Isa::kAvx512Bf16:
      return avx512_bf16_kernels();
#elif defined(__aarch64__)
    case Isa::kNeon:
      return neon_kernels();
    case Isa::kNeonDotprod:
      return neon_dotprod_kernels();
    case Isa::kNeonI8mm:
      return neon_i8mm_kernels();
#endif
    default:  // of another architecture: never available
      break;
  }
  return portable_kernels();
}

}  // namespace rbee::engine::cpu
