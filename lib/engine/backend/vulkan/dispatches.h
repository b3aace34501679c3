#pragma once
// A graph as a list of shader calls.

#include <cstdint>
#include <vector>

#include "engine/backend/vulkan/pipelines.h"
#include "engine/backend/vulkan/plan_memory.h"
#include "engine/graph/fuse_additions.h"

namespace rbee::engine::vulkan {

/// One call of a shader over the rows of a step.
struct Dispatch {
  /// A shader for one row of a step, and one for more.
  struct Variant {
    VkPipeline pipeline = VK_NULL_HANDLE;
    std::uint32_t groups = 1;  ///< workgroups per `rows` rows
    std::uint32_t rows = 1;    ///< that a workgroup does
  };
  /// Which steps it belongs to: attention to few tokens with many positions is split.
  enum class Attention : std::uint8_t { kAny, kWhole, kSplit };

  Variant single, many;
  VkDescriptorSet set = VK_NULL_HANDLE;
  PushWords push{};
  RowKind rows = RowKind::kTokens;
  Attention attention = Attention::kAny;
  bool by_split = false;  ///< once per split of the positions
  bool waits = false;     ///< for the results of calls before it
};

/// Whether the op runs here with weights of this type.
bool is_supported(const Op& op, formats::DType weight_dtype);

/// The calls of all ops in order. What `memory` and `sets` hold must outlive them.
std::vector<Dispatch> make_dispatches(const FusedGraph& fused, const WeightTable& weights, const PlanMemory& memory,
                                      Pipelines& pipelines, BindingSets& sets);

}  // namespace rbee::engine::vulkan
