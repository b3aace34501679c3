#include "engine/backend/cuda/activations.h"

#include <algorithm>

#include "base/checked.h"
#include "engine/backend/cuda/limits.h"

namespace rbee::engine::cuda {
namespace {

/// By slot: where it begins; then where the last ends.
std::vector<std::uint64_t> slot_offsets(const Graph& graph, const BufferPlan& plan, const StepLimits& limits) {
  std::vector<std::uint64_t> bytes(plan.slot_columns.size(), 16);
  for (const Op& op : graph.ops) {
    if (op.output == kNoValue) continue;
    std::uint64_t& slot = bytes[plan.slot_of[op.output.value()]];
    slot = std::max(slot, bytes_of_value(graph, op.output, limits));
  }
  std::vector<std::uint64_t> offsets{0};
  for (const std::uint64_t slot : bytes) {
    const std::uint64_t end = (Checked(offsets.back()) + slot + kMemoryAlignment - 1).value_or_throw("activations");
    offsets.push_back(end / kMemoryAlignment * kMemoryAlignment);
  }
  return offsets;
}

}  // namespace

std::uint32_t value_stride(const Graph& graph, ValueId value) {
  return (graph.values[value.value()].columns + 7) / 8 * 8;
}

std::uint64_t bytes_of_value(const Graph& graph, ValueId value, const StepLimits& limits) {
  const RowKind kind = graph.values[value.value()].rows;
  const std::uint32_t rows = kind == RowKind::kTokens ? limits.tokens_max : limits.outputs_max;
  return (Checked(rows) * value_stride(graph, value) * sizeof(float)).value_or_throw("activations");
}

std::uint64_t Activations::bytes_needed(const Graph& graph, const StepLimits& limits) {
  return slot_offsets(graph, plan_buffers(graph), limits).back();
}

Activations::Activations(const Device& device, const Graph& graph, const StepLimits& limits)
    : plan_(plan_buffers(graph)),
      offsets_(slot_offsets(graph, plan_, limits)),
      buffer_(device, std::max(offsets_.back(), kMemoryAlignment), "the activations") {
  constexpr unsigned kNan = 0xFFFFFFFF;
  device.check(device.api().fill_words(buffer_.address(), kNan, buffer_.size() / 4, device.stream()),
               "clearing the activations");
  device.wait("clearing the activations");
}

}  // namespace rbee::engine::cuda
