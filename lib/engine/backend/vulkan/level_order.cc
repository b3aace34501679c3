#include "engine/backend/vulkan/level_order.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

namespace rbee::engine::vulkan {

Graph order_by_level(Graph graph) {
  std::vector<std::uint32_t> value_level(graph.values.size(), 0);
  std::map<std::uint32_t, std::uint32_t> cache_level;  // by layer: of the last op that uses the layer's cache
  std::vector<std::uint32_t> level;                    // by op
  for (const Op& op : graph.ops) {
    std::uint32_t after = 0;
    for (const ValueId input : op.inputs) {
      if (input != kNoValue) after = std::max(after, value_level[input.value()]);
    }
    const bool uses_cache = op.kind == OpKind::kKvAppend || op.kind == OpKind::kAttention;
    if (uses_cache) after = std::max(after, cache_level[op.layer]);
    level.push_back(after + 1);
    if (op.output != kNoValue) value_level[op.output.value()] = after + 1;
    if (uses_cache) cache_level[op.layer] = after + 1;
  }
  std::vector<std::size_t> order(graph.ops.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return level[a] < level[b]; });
  std::vector<Op> ops;
  for (const std::size_t i : order) ops.push_back(graph.ops[i]);
  graph.ops = std::move(ops);
  return graph;
}

}  // namespace rbee::engine::vulkan
