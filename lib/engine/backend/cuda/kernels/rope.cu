// Rotates the pairs of each head by the angles of the token's position; the columns behind the pairs are copied. A
// thread computes the angle of one pair and rotates that pair of every head.
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/kernels/rotation.h"
#include "engine/backend/cuda/kernels/step_view.h"

namespace rbee::engine::cuda {

template <bool interleaved>
RBEE_DEVICE void rope(const RopeArgs& a) {
  const u32 token = block_y(), item = block_x() * kRowThreads + thread_index();
  if (token >= a.step[kTokenCount] || item >= a.head_dim - a.pairs) return;
  const float* x = a.x + u64{token} * a.x_stride;
  float* out = a.out + u64{token} * a.out_stride;
  if (item >= a.pairs) {
    const u32 column = item + a.pairs;
    for (u32 head = 0; head < a.heads; ++head) out[head * a.head_dim + column] = x[head * a.head_dim + column];
    return;
  }
  const bool is_long = (step_entry(a.step, kUsesLong, token) >> a.table & 1U) != 0;
  const float frequency = (is_long ? a.long_frequencies : a.frequencies)[item];
  // The angle is rounded to float32, as in the implementations that models are trained with.
  const float angle = static_cast<float>(step_entry(a.step, kPositions, token)) * frequency;
  const Rotation rotation = rotation_of(angle, a.magnitude);
  const u32 first = interleaved ? 2 * item : item, second = interleaved ? first + 1 : item + a.pairs;
  for (u32 head = 0; head < a.heads; ++head) {
    const float u = x[head * a.head_dim + first], v = x[head * a.head_dim + second];
    out[head * a.head_dim + first] = u * rotation.cosine - v * rotation.sine;
    out[head * a.head_dim + second] = u * rotation.sine + v * rotation.cosine;
  }
}

#define RBEE_ROPE(K)                                 \
  K(rope_halves, RopeArgs, kRowThreads, rope<false>) \
  K(rope_interleaved, RopeArgs, kRowThreads, rope<true>)
RBEE_KERNELS(rope_kernels, RBEE_ROPE)

}  // namespace rbee::engine::cuda
