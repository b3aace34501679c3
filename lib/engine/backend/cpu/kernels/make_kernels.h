#pragma once
// Fills the table of one instruction set.

#include "engine/backend/cpu/kernels/attention.h"
#include "engine/backend/cpu/kernels/float_matmul.h"
#include "engine/backend/cpu/kernels/kernels.h"
#include "engine/backend/cpu/kernels/kv_store.h"
#include "engine/backend/cpu/kernels/quantize_row.h"
#include "engine/backend/cpu/kernels/row_kernels.h"

namespace rbee::engine::cpu {

/// All kernels over the float vectors S and the integer kernel given.
template <class S>
constexpr Kernels make_kernels(void (*quantized)(const QuantizedMatmul&)) {
  return {.float_matmul = float_matmul<S>,
          .quantized_matmul = quantized,
          .quantize_row = quantize_row<S>,
          .store_kv = store_kv<S>,
          .attention = attention<S>,
          .attention_span = attention_span<S>,
          .attention_merge = attention_merge<S>,
          .rms_norm_row = rms_norm_row<S>,
          .rope_row_halves = rope_row_halves<S>,
          .rope_row_interleaved = rope_row_interleaved<S>,
          .activation_mul_row = activation_mul_row<S>,
          .add_row = add_row<S>,
          .scale_row = scale_row<S>,
          .softcap_row = softcap_row<S>};
}

}  // namespace rbee::engine::cpu
