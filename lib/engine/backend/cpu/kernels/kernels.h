#pragma once
// The kernels of one instruction set.

#include "engine/backend/cpu/isa.h"
#include "engine/backend/cpu/kernels/attention_args.h"
#include "engine/backend/cpu/kernels/kernel_args.h"
#include "engine/backend/cpu/kernels/panel.h"

namespace rbee::engine::cpu {

/// Row kernels work on `n` values; inputs and outputs may be the same row.
struct Kernels {
  /// Rounds a row for FloatMatmul::x_bf16; null where float_matmul takes no such rows.
  void (*round_bf16_row)(const float* x, std::uint16_t* y, std::size_t n) = nullptr;
  void (*float_matmul)(const FloatMatmul&);
  void (*quantized_matmul)(const QuantizedMatmul&);
  void (*quantize_row)(const float* x, std::size_t columns, const QuantizedRows& to);
  void (*store_kv)(const KvStore&);
  void (*attention)(const AttentionTask&);
  /// One span alone: the rows' states, [rows][attention_state()].
  void (*attention_span)(const AttentionTask&, std::size_t span, float* states);
  /// The task's output from the states of its spans, [spans][rows][attention_state()].
  void (*attention_merge)(const AttentionTask&, std::size_t spans, float* states);
  void (*rms_norm_row)(const float* x, const float* w, float* y, std::size_t n, std::size_t group, float eps);
  void (*rope_row_halves)(const RopeRow&);
  void (*rope_row_interleaved)(const RopeRow&);
  void (*activation_mul_row)(Activation, const float* gate, const float* up, float* y, std::size_t n);
  void (*add_row)(const float* a, const float* b, float* y, std::size_t n);
  void (*scale_row)(const float* x, float* y, std::size_t n, float factor);
  void (*softcap_row)(const float* x, float* y, std::size_t n, float cap);
};

/// The kernels for `isa`, which must be one of available_isas().
const Kernels& kernels_for(Isa isa);

// One per file compiled with its own flags; only those of the target's architecture exist.
const Kernels& portable_kernels();
const Kernels& avx2_kernels();
const Kernels& avx2_vnni_kernels();
const Kernels& avx512_kernels();
const Kernels& avx512_vnni_kernels();
const Kernels& avx512_bf16_kernels();
const Kernels& neon_kernels();
const Kernels& neon_dotprod_kernels();
const Kernels& neon_i8mm_kernels();

/// One instruction of AVX512_BF16, for instruction_runs().
void try_avx2_vnni();
void try_avx512_bf16();

}  // namespace rbee::engine::cpu
