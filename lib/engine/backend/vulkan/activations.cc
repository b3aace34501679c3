#include "engine/backend/vulkan/activations.h"

#include <algorithm>

#include "base/checked.h"
#include "base/error.h"

namespace rbee::engine::vulkan {
namespace {

std::uint32_t padded(std::uint32_t columns) {
  return (columns + 7) / 8 * 8;
}

/// By slot: the bytes of the largest value in it.
std::vector<std::uint64_t> slot_bytes(const Graph& graph, const BufferPlan& plan, const StepLimits& limits) {
  std::vector<std::uint64_t> bytes(plan.slot_columns.size(), 16);
  for (const Op& op : graph.ops) {
    if (op.output == kNoValue) continue;
    std::uint64_t& slot = bytes[plan.slot_of[op.output.value()]];
    slot = std::max(slot, bytes_of_value(graph, op.output, limits));
  }
  return bytes;
}

}  // namespace

std::uint64_t bytes_of_value(const Graph& graph, ValueId value, const StepLimits& limits) {
  const ValueInfo& info = graph.values[value.value()];
  const std::uint32_t rows = info.rows == RowKind::kTokens ? limits.tokens_max : limits.outputs_max;
  return (Checked(rows) * padded(info.columns) * sizeof(float)).value_or_throw("activations");
}

std::uint64_t Activations::bytes_needed(const Graph& graph, const StepLimits& limits) {
  std::uint64_t sum = 0;
  for (const std::uint64_t bytes : slot_bytes(graph, plan_buffers(graph), limits)) sum += bytes;
  return sum;
}

Activations::Activations(const Device& device, const Graph& graph, const StepLimits& limits)
    : plan_(plan_buffers(graph)) {
  for (const ValueInfo& info : graph.values) strides_.push_back(padded(info.columns));
  for (const std::uint64_t bytes : slot_bytes(graph, plan_, limits)) {
    if (bytes > device.binding_bytes_max()) {
      fail(ErrorKind::kExhausted, "a step's activations need {} bytes at once, a shader on {} is given {}", bytes,
           device.description(), device.binding_bytes_max());
    }
    slots_.emplace_back(device, bytes, Placement::kDevice, "the activations");
  }
}

BufferRange Activations::range(ValueId value) const {
  const Buffer& slot = slots_[this->slot(value)];
  return {slot.handle(), 0, slot.size()};
}

}  // namespace rbee::engine::vulkan
