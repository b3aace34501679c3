#include "engine/graph/buffer_plan.h"

#include <algorithm>
#include <limits>

namespace rbee::engine {
namespace {

constexpr std::size_t kForever = std::numeric_limits<std::size_t>::max();

// By value: the index of the last op that reads it; the graph's output is never given up.
std::vector<std::size_t> last_uses(const Graph& graph) {
  std::vector<std::size_t> last(graph.values.size(), 0);
  for (std::size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    if (op.output != kNoValue) last[op.output.value()] = i;  // a value nobody reads dies at once
    for (const ValueId input : op.inputs) {
      if (input != kNoValue) last[input.value()] = i;
    }
  }
  if (graph.output != kNoValue) last[graph.output.value()] = kForever;
  return last;
}

}  // namespace

BufferPlan plan_buffers(const Graph& graph) {
  const std::vector<std::size_t> last = last_uses(graph);
  BufferPlan plan;
  plan.slot_of.resize(graph.values.size());
  std::vector<std::size_t> busy_until;  // by slot: the last op that reads what is in it
  for (std::size_t i = 0; i < graph.ops.size(); ++i) {
    const ValueId output = graph.ops[i].output;
    if (output == kNoValue) continue;
    const std::uint32_t columns = graph.values[output.value()].columns;
    // A slot is free when its last reader came before this op; of the free ones take the best fitting.
    std::size_t best = busy_until.size();
    for (std::size_t slot = 0; slot < busy_until.size(); ++slot) {
      if (busy_until[slot] == kForever || busy_until[slot] >= i) continue;
      const auto waste = [&](std::size_t s) {
        return std::max(plan.slot_columns[s], columns) - std::min(plan.slot_columns[s], columns);
      };
      if (best == busy_until.size() || waste(slot) < waste(best)) best = slot;
    }
    if (best == busy_until.size()) {
      busy_until.push_back(0);
      plan.slot_columns.push_back(0);
    }
    busy_until[best] = last[output.value()];
    plan.slot_columns[best] = std::max(plan.slot_columns[best], columns);
    plan.slot_of[output.value()] = static_cast<std::uint32_t>(best);
  }
  return plan;
}

}  // namespace rbee::engine
