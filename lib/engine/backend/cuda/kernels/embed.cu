// out[t] = W[token t]. A thread writes eight columns.
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/kernels/packed_weights.h"
#include "engine/backend/cuda/kernels/step_view.h"
#include "engine/backend/cuda/kernels/weight_types.h"

namespace rbee::engine::cuda {

template <WeightType type>
RBEE_DEVICE void embed(const EmbedArgs& a) {
  const u32 token = block_y(), k8 = block_x() * kRowThreads + thread_index();
  if (token >= a.step[kTokenCount] || 8 * k8 >= a.columns) return;
  const u32 row = step_entry(a.step, kTokenIds, token);
  const Eight eight = load_eight<type>(a.weight + u64{row} * a.row_words, k8, a.columns);
  float* out = a.out + u64{token} * a.out_stride + 8 * k8;
  for (u32 i = 0; i < 8; ++i) out[i] = eight.value[i];
}

#define RBEE_EMBED(K) RBEE_FOR_WEIGHT_TYPES(K, embed, EmbedArgs, kRowThreads, embed)
RBEE_KERNELS(embed_kernels, RBEE_EMBED)

}  // namespace rbee::engine::cuda
