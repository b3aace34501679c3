// out[t, n] = sum over k of x[t, k] W[n, k] for weights of float32, which tensor cores would round. The lanes of a warp
// share a sum: lane l takes the groups of eight k at l, l + 32, ... in order, and the lanes' sums are added in one
// fixed order. So an output's bits depend on its own row and column alone, whatever `tokens` and `rows` are. A warp
// computes `rows` outputs for `tokens` tokens.
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/kernels/packed_weights.h"
#include "engine/backend/cuda/kernels/step_view.h"

namespace rbee::engine::cuda {

constexpr u32 kWarps = kMatmulThreads / kWarpLanes;

/// What lies behind the last column is not a number to be used.
RBEE_DEVICE Eight load_eight_inputs(const float* x, u32 k8, u32 columns) {
  Eight eight = load_eight<WeightType::F32>(reinterpret_cast<const u32*>(x), k8, columns);
  RBEE_UNROLL for (u32 i = 0; i < 8; ++i) {
    if (8 * k8 + i >= columns) eight.value[i] = 0.0F;
  }
  return eight;
}

/// The lanes' sums to the outputs, through a part of shared memory of the warp's own.
template <u32 rows, u32 tokens>
RBEE_DEVICE void add_lanes(const MatmulArgs& a, u32 count, u32 first_row, u32 first_token, const float* partial,
                           u32 pitch) {
  for (u32 i = thread_index() % kWarpLanes; i < rows * tokens; i += kWarpLanes) {
    const u32 row = first_row + i / tokens, token = first_token + i % tokens;
    if (row >= a.rows || token >= count) continue;
    float value = partial[i * pitch];
    for (u32 l = 1; l < kWarpLanes; ++l) value += partial[i * pitch + l];
    if (a.bias != nullptr) value += a.bias[row];
    if (a.y != nullptr) value += a.y[u64{token} * a.y_stride + row];
    a.out[u64{token} * a.out_stride + row] = value;
  }
}

template <u32 rows, u32 tokens>
RBEE_DEVICE void matmul_f32(const MatmulArgs& a) {
  constexpr u32 kOutputs = rows * tokens, kPitch = kWarpLanes + 1;  // odd: a column's words lie in different banks
  RBEE_SHARED(float, partial, kWarps* kOutputs* kPitch);
  const u32 count = a.step[a.row_kind], first_token = block_y() * tokens;
  if (first_token >= count) return;
  const u32 lane = thread_index() % kWarpLanes, warp = thread_index() / kWarpLanes;
  const u32 first_row = (block_x() * kWarps + warp) * rows;
  float sums[kOutputs] = {};
  for (u32 k8 = lane; 8 * k8 < a.columns; k8 += kWarpLanes) {
    Eight x[tokens];
    RBEE_UNROLL for (u32 t = 0; t < tokens; ++t) {
      x[t] = load_eight_inputs(a.x + u64{smaller(first_token + t, count - 1)} * a.x_stride, k8, a.columns);
    }
    RBEE_UNROLL for (u32 r = 0; r < rows; ++r) {
      const u32* row = a.weight + u64{smaller(first_row + r, a.rows - 1)} * a.row_words;
      const Eight w = load_eight<WeightType::F32>(row, k8, a.columns);
      RBEE_UNROLL for (u32 t = 0; t < tokens; ++t) {
        RBEE_UNROLL for (u32 i = 0; i < 8; ++i) {
          sums[r * tokens + t] = fused(w.value[i], x[t].value[i], sums[r * tokens + t]);
        }
      }
    }
  }
  float* const mine = partial + warp * kOutputs * kPitch;
  RBEE_UNROLL for (u32 i = 0; i < kOutputs; ++i) mine[i * kPitch + lane] = sums[i];
  sync_warp();
  add_lanes<rows, tokens>(a, count, first_row, first_token, mine, kPitch);
}

#define RBEE_MATMUL_F32(K)                                                     \
  K(matmul_few_F32, MatmulArgs, kMatmulThreads, matmul_f32<kMatmulRowsFew, 1>) \
  K(matmul_many_F32, MatmulArgs, kMatmulThreads, matmul_f32<kMatmulRowsMany, kMatmulTokens>)
RBEE_KERNELS(matmul_f32_kernels, RBEE_MATMUL_F32)

}  // namespace rbee::engine::cuda
