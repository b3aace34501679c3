#pragma once
// Everything that a plan holds on the device.

#include <cstdint>

#include "engine/backend/cuda/activations.h"
#include "engine/backend/cuda/device_weights.h"
#include "engine/backend/cuda/kv_cache.h"
#include "engine/backend/cuda/rope_frequencies.h"
#include "engine/backend/cuda/step_tables.h"
#include "engine/graph/fuse_additions.h"

namespace rbee::engine::cuda {

struct PlanMemory {
  /// Throws Error{kExhausted}, with the bytes needed and available, before anything is uploaded.
  PlanMemory(const Device& device, const FusedGraph& fused, const WeightTable& weight_table, const KvLayout& kv_layout,
             const StepLimits& limits);

  std::uint64_t bytes = 0;
  StepTables tables;
  RopeFrequencies ropes;
  HostBuffer input;   ///< of kInput, [tokens_max, stride]
  HostBuffer output;  ///< of the graph, [rows, stride]
  Activations values;
  KvCache cache;
  std::uint32_t splits_max = 0;  ///< of a token and head in `parts`; below 2: attention is never split
  Buffer parts;                  ///< what attention_split leaves for attention_merge
  DeviceWeights weights;
};

}  // namespace rbee::engine::cuda
