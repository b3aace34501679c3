#pragma once
// The values of a graph in device memory.

#include <cstdint>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/buffer.h"
#include "engine/graph/buffer_plan.h"

namespace rbee::engine::cuda {

/// Floats between two rows of a value: its columns, padded to a multiple of 8. What lies behind them is undefined.
std::uint32_t value_stride(const Graph& graph, ValueId value);
/// Bytes of the value's rows in the largest step.
std::uint64_t bytes_of_value(const Graph& graph, ValueId value, const StepLimits& limits);

class Activations {
 public:
  static std::uint64_t bytes_needed(const Graph& graph, const StepLimits& limits);

  /// Everything begins as what is no number, so that a value that no kernel writes is seen. Throws Error{kExhausted}.
  Activations(const Device& device, const Graph& graph, const StepLimits& limits);

  float* at(ValueId value) const { return buffer_.at<float>(offsets_[plan_.slot_of[value.value()]]); }

 private:
  const BufferPlan plan_;
  std::vector<std::uint64_t> offsets_;  // by slot
  Buffer buffer_;
};

}  // namespace rbee::engine::cuda
