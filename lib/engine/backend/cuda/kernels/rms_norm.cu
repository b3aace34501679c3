// Each group of columns g: x * rsqrt(mean(x^2) + eps) * W. A block per row and group; the squares are added in an order
// that the group's size alone decides.
#include "engine/backend/cuda/kernels/arithmetic.h"
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/kernels/step_view.h"

namespace rbee::engine::cuda {

RBEE_DEVICE void rms_norm(const RmsNormArgs& a) {
  RBEE_SHARED(float, squares, kNormThreads);
  RBEE_SHARED(float, sums, kWarpLanes);
  const u32 row = block_y(), thread = thread_index(), first = block_x() * a.group;
  if (row >= a.step[a.row_kind]) return;
  const float* x = a.x + u64{row} * a.x_stride + first;
  float sum = 0.0F;
  for (u32 c = thread; c < a.group; c += kNormThreads) sum = fused(x[c], x[c], sum);
  squares[thread] = sum;
  sync_block();
  if (thread < kWarpLanes) {
    float lane = squares[thread];
    for (u32 i = kWarpLanes; i < kNormThreads; i += kWarpLanes) lane += squares[i + thread];
    sums[thread] = lane;
  }
  sync_block();
  float total = sums[0];
  for (u32 i = 1; i < kWarpLanes; ++i) total += sums[i];
  const float factor = 1.0F / __builtin_sqrtf(total / static_cast<float>(a.group) + a.eps);
  float* out = a.out + u64{row} * a.out_stride + first;
  for (u32 c = thread; c < a.group; c += kNormThreads) out[c] = x[c] * factor * a.weight[c];
}

#define RBEE_RMS_NORM(K) K(rms_norm_rows, RmsNormArgs, kNormThreads, rms_norm)
RBEE_KERNELS(rms_norm_kernels, RBEE_RMS_NORM)

}  // namespace rbee::engine::cuda
