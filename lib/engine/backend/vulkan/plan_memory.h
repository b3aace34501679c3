#pragma once
// Everything that a plan holds on the device.

#include <cstdint>

#include "engine/backend/vulkan/activations.h"
#include "engine/backend/vulkan/device_weights.h"
#include "engine/backend/vulkan/kv_cache.h"
#include "engine/backend/vulkan/step_tables.h"

namespace rbee::engine::vulkan {

struct PlanMemory {
  /// Throws Error{kExhausted}, with the bytes needed and available, before anything is uploaded.
  PlanMemory(const Device& device, const Graph& graph, const WeightTable& weight_table, const KvLayout& kv_layout,
             const StepLimits& limits);

  std::uint64_t bytes = 0;
  StepTables tables;
  Buffer input;   ///< of kInput, [tokens_max, padded columns]
  Buffer output;  ///< of the graph, [rows, stride], read by the host
  Activations values;
  KvCache cache;
  DeviceWeights weights;
};

}  // namespace rbee::engine::vulkan
