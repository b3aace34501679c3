#pragma once
// A graph made ready for a Vulkan device.

#include <span>
#include <vector>

#include "engine/backend/vulkan/dispatches.h"
#include "engine/backend/vulkan/recordings.h"

namespace rbee::engine::vulkan {

class VulkanPlan final : public Plan {
 public:
  VulkanPlan(const Device& device, Pipelines& pipelines, const Graph& graph, const WeightTable& weights,
             const KvLayout& kv, const StepLimits& limits);

  /// As Backend::run.
  void run(const Step& step, std::span<float> output);

  std::uint64_t bytes() const { return memory_.bytes; }

 private:
  void record(VkCommandBuffer commands, StepShape shape) const;
  void write_input(const Step& step);

  const Device& device_;
  const Pipelines& pipelines_;
  const FusedGraph fused_;
  const Graph& graph_;  // of fused_
  const StepLimits limits_;
  PlanMemory memory_;
  BindingSets sets_;
  std::vector<Dispatch> dispatches_;
  Recordings recordings_;
  Owned<VkFence> fence_;
};

}  // namespace rbee::engine::vulkan
