#include "engine/backend/vulkan/plan_memory.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"
#include "engine/backend/vulkan/limits.h"

namespace rbee::engine::vulkan {
namespace {

std::uint64_t input_bytes(const Graph& graph, const StepLimits& limits) {
  std::uint64_t bytes = 16;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::kInput) bytes = std::max(bytes, bytes_of_value(graph, op.output, limits));
  }
  return bytes;
}

/// Floats of one split of one token's attention, all heads.
std::uint64_t part_floats(const Graph& graph, const KvCache& cache) {
  std::uint64_t floats = 0;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::kAttention) {
      floats = std::max(floats, std::uint64_t{op.heads} * (2 * std::uint64_t{cache.head_words()} + 2));
    }
  }
  return floats;
}

/// As many as the cache's positions need, the device can be given at once, and kSplitsMax.
std::uint32_t splits_for(const Device& device, const Graph& graph, const KvCache& cache) {
  const KvLayout& kv = cache.layout();
  const std::uint64_t positions = std::uint64_t{kv.blocks} * kv.block_tokens;
  const std::uint64_t needed = (positions + kSplitPositions - 1) / kSplitPositions;
  const std::uint64_t bytes = std::max<std::uint64_t>(part_floats(graph, cache) * sizeof(float) * kSplitTokensMax, 1);
  return static_cast<std::uint32_t>(std::min({needed, device.binding_bytes_max() / bytes, std::uint64_t{kSplitsMax}}));
}

/// The sum, when the device has as much.
std::uint64_t checked_bytes(const Device& device, const FusedGraph& fused, const WeightTable& weights,
                            const KvLayout& kv, const StepLimits& limits) {
  const std::uint64_t weight_bytes = DeviceWeights::bytes_needed(device, weights_of(fused), weights);
  const std::uint64_t cache_bytes = KvCache::bytes_needed(kv),
                      value_bytes = Activations::bytes_needed(fused.graph, limits);
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
      input(device, input_bytes(fused.graph, limits), Placement::kShared, "the step's input"),
      output(device, std::max<std::uint64_t>(bytes_of_value(fused.graph, fused.graph.output, limits), 16),
             Placement::kReadback, "the step's output"),
      values(device, fused.graph, limits),
      cache(device, kv_layout),
      splits_max(splits_for(device, fused.graph, cache)),
      parts(device,
            std::max<std::uint64_t>(part_floats(fused.graph, cache) * sizeof(float) * kSplitTokensMax * splits_max, 16),
            Placement::kDevice, "the parts of attention"),
      weights(device, weights_of(fused), weight_table) {}

}  // namespace rbee::engine::vulkan
