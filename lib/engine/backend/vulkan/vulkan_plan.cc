#include "engine/backend/vulkan/vulkan_plan.h"

#include <algorithm>

#include "base/check.h"
#include "engine/backend/vulkan/level_order.h"
#include "engine/backend/vulkan/limits.h"

namespace rbee::engine::vulkan {
namespace {

// What no shader writes is no number, and so it is seen.
void fill_with_nan(const Device& device, const std::vector<Buffer>& buffers) {
  constexpr std::uint32_t kNan = 0xFFFFFFFF;
  const CommandPool pool(device);
  const Owned<VkFence> fence = make_fence(device);
  const VkCommandBuffer commands = pool.allocate();
  begin_commands(device, commands, Use::kOnce);
  for (const Buffer& buffer : buffers) {
    device.api().cmd_fill_buffer(commands, buffer.handle(), 0, VK_WHOLE_SIZE, kNan);
  }
  full_barrier(device, commands);
  end_commands(device, commands);
  device.submit(commands, fence.get(), "clearing the activations");
  device.wait(fence.get(), "clearing the activations");
}

}  // namespace

VulkanPlan::VulkanPlan(const Device& device, Pipelines& pipelines, const Graph& graph, const WeightTable& weights,
                       const KvLayout& kv, const StepLimits& limits)
    : device_(device),
      pipelines_(pipelines),
      fused_(fuse_additions(order_by_level(graph))),
      graph_(fused_.graph),
      limits_(limits),
      memory_(device, fused_, weights, kv, limits),
      sets_(device, pipelines),
      dispatches_(make_dispatches(fused_, weights, memory_, pipelines, sets_)),
      recordings_(device),
      fence_(make_fence(device)) {
  fill_with_nan(device, memory_.values.slots());
}

void VulkanPlan::run(const Step& step, std::span<float> output) {
  const ValueInfo& info = graph_.values[graph_.output.value()];
  const std::size_t rows = info.rows == RowKind::kTokens ? step.tokens.size() : step.output_rows.size();
  RBEE_CHECK(output.size() == rows * info.columns);
  RBEE_CHECK(step.tokens.size() <= limits_.tokens_max && step.output_rows.size() <= limits_.outputs_max);
  memory_.tables.write(step);
  write_input(step);
  const StepShape shape = shape_of(
      step, limits_, {.tokens_max = kSplitTokensMax, .positions = kSplitPositions, .splits_max = memory_.splits_max});
  const VkCommandBuffer commands = recordings_.get(shape, [&](VkCommandBuffer empty) { record(empty, shape); });
  device_.submit(commands, fence_.get(), "running a step");
  device_.wait(fence_.get(), "running a step");
  const auto* found = reinterpret_cast<const float*>(memory_.output.mapped());
  const std::uint32_t stride = memory_.values.stride(graph_.output);
  for (std::size_t r = 0; r < rows; ++r) {
    std::copy_n(found + r * stride, info.columns, output.data() + r * info.columns);
  }
}

void VulkanPlan::write_input(const Step& step) {
  for (const Op& op : graph_.ops) {
    if (op.kind != OpKind::kInput) continue;
    const std::uint32_t columns = graph_.values[op.output.value()].columns, stride = memory_.values.stride(op.output);
    RBEE_CHECK(step.input.size() == step.tokens.size() * columns);
    auto* to = reinterpret_cast<float*>(memory_.input.mapped());
    for (std::size_t t = 0; t < step.tokens.size(); ++t) {
      std::copy_n(step.input.data() + t * columns, columns, to + t * stride);
    }
  }
}

void VulkanPlan::record(VkCommandBuffer commands, StepShape shape) const {
  const DeviceApi& api = device_.api();
  VkPipeline bound = VK_NULL_HANDLE;
  for (const Dispatch& dispatch : dispatches_) {
    if (dispatch.attention == (shape.splits == 0 ? Dispatch::Attention::kSplit : Dispatch::Attention::kWhole)) continue;
    if (dispatch.waits) shader_barrier(device_, commands);
    const std::uint32_t rows = dispatch.rows == RowKind::kTokens ? shape.tokens : shape.outputs;
    if (rows == 0) continue;
    const Dispatch::Variant& variant = rows == 1 ? dispatch.single : dispatch.many;
    if (variant.pipeline != bound) api.cmd_bind_pipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, variant.pipeline);
    bound = variant.pipeline;
    api.cmd_bind_sets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipelines_.layout(), 0, 1, &dispatch.set, 0, nullptr);
    api.cmd_push_constants(commands, pipelines_.layout(), VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof dispatch.push,
                           dispatch.push.data());
    api.cmd_dispatch(commands, variant.groups, (rows + variant.rows - 1) / variant.rows,
                     dispatch.by_split ? shape.splits : 1);
  }
  full_barrier(device_, commands);
  const ValueInfo& info = graph_.values[graph_.output.value()];
  const std::uint64_t rows = info.rows == RowKind::kTokens ? shape.tokens : shape.outputs;
  if (rows == 0) return;
  const VkBufferCopy region{.size = rows * memory_.values.stride(graph_.output) * sizeof(float)};
  api.cmd_copy_buffer(commands, memory_.values.buffer(graph_.output), memory_.output.handle(), 1, &region);
  full_barrier(device_, commands);
}

}  // namespace rbee::engine::vulkan
