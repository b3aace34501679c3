#include "engine/backend/cpu/kernels/int_avx2_vnni.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/kernels/quantized_matmul.h"

namespace rbee::engine::cpu {

// Only what is made of IntAvx2Vnni may be compiled here: everything else must run without AVX-VNNI too.
const Kernels& avx2_vnni_kernels() {
  static const Kernels kKernels = [] {
    Kernels kernels = avx2_kernels();
    kernels.quantized_matmul = quantized_matmul<IntAvx2Vnni>;
    return kernels;
  }();
  return kKernels;
}

void try_avx2_vnni() {
  __m256i sum = _mm256_setzero_si256();
  const __m256i ones = _mm256_set1_epi8(1);
  sum = _mm256_dpbusd_avx_epi32(sum, ones, ones);
  asm volatile("" : : "x"(sum));
}

}  // namespace rbee::engine::cpu
