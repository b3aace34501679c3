#pragma once
// The values of a graph in device memory.

#include <cstdint>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/vulkan/buffer.h"
#include "engine/graph/buffer_plan.h"

namespace rbee::engine::vulkan {

/// Bytes of the value's rows in the largest step.
std::uint64_t bytes_of_value(const Graph& graph, ValueId value, const StepLimits& limits);

/// A value's rows are `stride(value)` floats apart, a multiple of 8; what lies behind its columns is undefined.
class Activations {
 public:
  static std::uint64_t bytes_needed(const Graph& graph, const StepLimits& limits);

  /// Throws Error{kExhausted}: memory, or more of one value than a shader can be given.
  Activations(const Device& device, const Graph& graph, const StepLimits& limits);

  BufferRange range(ValueId value) const;
  VkBuffer buffer(ValueId value) const { return slots_[plan_.slot_of[value.value()]].handle(); }
  std::uint32_t stride(ValueId value) const { return strides_[value.value()]; }
  /// Which memory a value lies in: values with the same number share it.
  std::uint32_t slot(ValueId value) const { return plan_.slot_of[value.value()]; }
  std::size_t slot_count() const { return slots_.size(); }
  const std::vector<Buffer>& slots() const { return slots_; }

 private:
  const BufferPlan plan_;
  std::vector<std::uint32_t> strides_;  // by value
  std::vector<Buffer> slots_;
};

}  // namespace rbee::engine::vulkan
