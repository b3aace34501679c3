#include "engine/backend/cuda/plan_memory.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"
#include "engine/backend/cuda/candidate_search.h"
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/limits.h"

namespace rbee::engine::cuda {
namespace {

std::uint64_t input_bytes(const Graph& graph, const StepLimits& limits) {
  std::uint64_t bytes = 16;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::kInput) bytes = std::max(bytes, bytes_of_value(graph, op.output, limits));
  }
  return bytes;
}

/// As many as the cache's positions need, at most kSplitsMax.
std::uint32_t splits_for(const KvLayout& kv) {
  const std::uint64_t positions = std::uint64_t{kv.blocks} * kv.block_tokens;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>((positions + kSplitPositions - 1) / kSplitPositions, kSplitsMax));
}

std::uint64_t part_bytes(const Graph& graph, const KvLayout& kv) {
  std::uint64_t floats = 4;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::kAttention) floats = std::max(floats, op.heads * part_floats(op.head_dim));
  }
  return (Checked(floats) * splits_for(kv) * kSplitTokensMax * sizeof(float)).value_or_throw("the parts of attention");
}

/// The sum, when the device has as much.
std::uint64_t checked_bytes(const Device& device, const FusedGraph& fused, const WeightTable& weights,
                            const KvLayout& kv, const StepLimits& limits) {
  const std::uint64_t weight_bytes = DeviceWeights::bytes_needed(weights_of(fused), weights);
  const std::uint64_t cache_bytes = KvCache::bytes_needed(kv);
  const std::uint64_t value_bytes = (Checked(Activations::bytes_needed(fused.graph, limits)) +
                                     part_bytes(fused.graph, kv) + CandidateSearch::bytes_needed(fused.graph, limits))
                                        .value_or_throw("memory");
  const std::uint64_t bytes =
      (Checked(weight_bytes) + cache_bytes + value_bytes).value_or_throw("memory of the device");
  const DeviceMemory memory = device.memory();
  if (bytes > memory.available) {
    fail(ErrorKind::kExhausted,
         "the model needs {} bytes of memory on {} (weights {}, KV cache {}, activations {}); {} of {} are available",
         bytes, device.description(), weight_bytes, cache_bytes, value_bytes, memory.available, memory.total);
  }
  return bytes;
}

}  // namespace

PlanMemory::PlanMemory(const Device& device, const FusedGraph& fused, const WeightTable& weight_table,
                       const KvLayout& kv_layout, const StepLimits& limits)
    : bytes(checked_bytes(device, fused, weight_table, kv_layout, limits)),
      tables(device, fused.graph, kv_layout, limits),
      ropes(device, fused.graph),
      input(device, input_bytes(fused.graph, limits), "the step's input"),
      output(device, std::max<std::uint64_t>(bytes_of_value(fused.graph, fused.graph.output, limits), 16),
             "the step's output"),
      values(device, fused.graph, limits),
      cache(device, kv_layout),
      splits_max(splits_for(kv_layout)),
      parts(device, part_bytes(fused.graph, kv_layout), "the parts of attention"),
      weights(device, weights_of(fused), weight_table) {}

}  // namespace rbee::engine::cuda
