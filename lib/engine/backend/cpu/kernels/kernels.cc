#include "engine/backend/cpu/kernels/kernels.h"

namespace rbee::engine::cpu {

const Kernels& kernels_for(Isa isa) {
#if defined(__x86_64__)
  switch (isa) {
    case Isa::kPortable:
      break;
    case Isa::kAvx2:
      return avx2_kernels();
    case Isa::kAvx512:
      return avx512_kernels();
    case Isa::kAvx512Vnni:
      return avx512_vnni_kernels();
    case Isa::kAvx512Bf16:
      return avx512_bf16_kernels();
  }
#endif
  static_cast<void>(isa);
  return portable_kernels();
}

}  // namespace rbee::engine::cpu
