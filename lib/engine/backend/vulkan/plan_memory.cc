#include "engine/backend/vulkan/plan_memory.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"

namespace rbee::engine::vulkan {
namespace {

std::uint64_t input_bytes(const Graph& graph, const StepLimits& limits) {
  std::uint64_t bytes = 16;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::kInput) bytes = std::max(bytes, bytes_of_value(graph, op.output, limits));
  }
  return bytes;
}

/// The sum, when the device has as much.
std::uint64_t checked_bytes(const Device& device, const Graph& graph, const WeightTable& weights, const KvLayout& kv,
                            const StepLimits& limits) {
  const std::uint64_t weight_bytes = DeviceWeights::bytes_needed(device, graph, weights);
  const std::uint64_t cache_bytes = KvCache::bytes_needed(kv), value_bytes = Activations::bytes_needed(graph, limits);
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

PlanMemory::PlanMemory(const Device& device, const Graph& graph, const WeightTable& weight_table,
                       const KvLayout& kv_layout, const StepLimits& limits)
    : bytes(checked_bytes(device, graph, weight_table, kv_layout, limits)),
      tables(device, graph, kv_layout, limits),
      input(device, input_bytes(graph, limits), Placement::kShared, "the step's input"),
      output(device, std::max<std::uint64_t>(bytes_of_value(graph, graph.output, limits), 16), Placement::kReadback,
             "the step's output"),
      values(device, graph, limits),
      cache(device, kv_layout),
      weights(device, graph, weight_table) {}

}  // namespace rbee::engine::vulkan
