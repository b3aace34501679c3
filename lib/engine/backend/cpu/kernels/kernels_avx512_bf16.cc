#include "engine/backend/cpu/kernels/float_matmul.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/kernels/simd_avx512_bf16.h"

namespace rbee::engine::cpu {

// Only what is made of Avx512Bf16 may be compiled here: everything else must run without BF16 products too.
const Kernels& avx512_bf16_kernels() {
  static const Kernels kKernels = [] {
    Kernels kernels = avx512_vnni_kernels();
    kernels.round_bf16_row = round_bf16_row<Avx512Bf16>;
    kernels.float_matmul = float_matmul<Avx512Bf16>;
    return kernels;
  }();
  return kKernels;
}

void try_avx512_bf16() {
  __m512 sum = _mm512_setzero_ps();
  const __m512bh ones = reinterpret_cast<__m512bh>(_mm512_set1_epi32(0x3F803F80));
  sum = _mm512_dpbf16_ps(sum, ones, ones);
  asm volatile("" : : "x"(sum));
}

}  // namespace rbee::engine::cpu
