#pragma once
// Everything that a plan holds on the device.

#include <cstdint>

#include "engine/backend/vulkan/activations.h"
#include "engine/backend/vulkan/device_weights.h"
#include "engine/backend/vulkan/kv_cache.h"
#include "engine/backend/vulkan/step_tables.h"
#include "engine/graph/fuse_additions.h"

namespace rbee::engine::vulkan {

struct PlanMemory {
  /// Throws Error{kExhausted}, with the bytes needed and available, before anything is uploaded.
  PlanMemory(const Device& device, const FusedGraph& fused, const WeightTable& weight_table, const KvLayout& kv_layout,
             const StepLimits& limits);

  std::uint64_t bytes = 0;
  StepTables tables;
  Buffer input;   ///< of kInput, [tokens_max, padded columns]
  Buffer output;  ///< of the graph, [rows, stride], read by the host
  Activations values;
  KvCache cache;
  std::uint32_t splits_max = 0;  ///< of a token and head in `parts`; below 2: attention is never split
  Buffer parts;                  ///< what attention_split.comp leaves for attention_merge.comp
  DeviceWeights weights;
};

}  // namespace rbee::engine::vulkan
