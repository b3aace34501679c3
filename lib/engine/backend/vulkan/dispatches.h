#pragma once
// A graph as a list of shader calls.

#include <cstdint>
#include <vector>

#include "engine/backend/vulkan/pipelines.h"
#include "engine/backend/vulkan/plan_memory.h"

namespace rbee::engine::vulkan {

/// One call of a shader over the rows of a step.
struct Dispatch {
  VkPipeline single = VK_NULL_HANDLE;  ///< for one row
  VkPipeline many = VK_NULL_HANDLE;    ///< for more
  std::uint32_t many_rows = 1;         ///< rows that a workgroup of `many` does
  VkDescriptorSet set = VK_NULL_HANDLE;
  PushWords push{};
  std::uint32_t groups = 1;  ///< workgroups per row
  RowKind rows = RowKind::kTokens;
  bool waits = false;  ///< for the results of calls before it
};

/// Whether the op runs here with weights of this type.
bool is_supported(const Op& op, formats::DType weight_dtype);

/// The calls of all ops in order. What `memory` and `sets` hold must outlive them.
std::vector<Dispatch> make_dispatches(const Graph& graph, const WeightTable& weights, const PlanMemory& memory,
                                      Pipelines& pipelines, BindingSets& sets);

}  // namespace rbee::engine::vulkan
