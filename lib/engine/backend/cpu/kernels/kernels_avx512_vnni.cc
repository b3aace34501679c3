#include "engine/backend/cpu/kernels/int_avx512_vnni.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/kernels/quantized_matmul.h"

namespace rbee::engine::cpu {

// Only what is made of IntAvx512Vnni may be compiled here: everything else must run without VNNI too.
const Kernels& avx512_vnni_kernels() {
  static const Kernels kKernels = [] {
    Kernels kernels = avx512_kernels();
    kernels.quantized_matmul = quantized_matmul<IntAvx512Vnni>;
    return kernels;
  }();
  return kKernels;
}

}  // namespace rbee::engine::cpu
