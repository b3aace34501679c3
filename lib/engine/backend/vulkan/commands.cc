#include "engine/backend/vulkan/commands.h"

namespace rbee::engine::vulkan {

CommandPool::CommandPool(const Device& device) : device_(device) {
  const VkCommandPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                     .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                     .queueFamilyIndex = device.queue_family()};
  VkCommandPool pool = VK_NULL_HANDLE;
  check(device.api().create_command_pool(device.handle(), &info, nullptr, &pool), "making a command pool");
  pool_ = {device.handle(), pool, device.api().destroy_command_pool};
}

VkCommandBuffer CommandPool::allocate() const {
  const VkCommandBufferAllocateInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                         .commandPool = pool_.get(),
                                         .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                         .commandBufferCount = 1};
  VkCommandBuffer commands = VK_NULL_HANDLE;
  check(device_.api().allocate_command_buffers(device_.handle(), &info, &commands), "making a command buffer");
  return commands;
}

void CommandPool::free(VkCommandBuffer commands) const {
  device_.api().free_command_buffers(device_.handle(), pool_.get(), 1, &commands);
}

Owned<VkFence> make_fence(const Device& device) {
  const VkFenceCreateInfo info{.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
  VkFence fence = VK_NULL_HANDLE;
  check(device.api().create_fence(device.handle(), &info, nullptr, &fence), "making a fence");
  return {device.handle(), fence, device.api().destroy_fence};
}

void begin_commands(const Device& device, VkCommandBuffer commands, Use use) {
  const VkCommandBufferBeginInfo info{
      .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
      .flags = use == Use::kOnce ? VkCommandBufferUsageFlags{VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT} : 0};
  check(device.api().begin_command_buffer(commands, &info), "recording commands");
}

void end_commands(const Device& device, VkCommandBuffer commands) {
  check(device.api().end_command_buffer(commands), "recording commands");
}

void full_barrier(const Device& device, VkCommandBuffer commands) {
  const VkMemoryBarrier barrier{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
                                .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT |
                                                 VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT |
                                                 VK_ACCESS_HOST_READ_BIT};
  constexpr VkPipelineStageFlags kWork = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
  device.api().cmd_pipeline_barrier(commands, kWork, kWork | VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0, nullptr, 0,
                                    nullptr);
}

void shader_barrier(const Device& device, VkCommandBuffer commands) {
  const VkMemoryBarrier barrier{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
  device.api().cmd_pipeline_barrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                                    VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &barrier, 0, nullptr, 0, nullptr);
}

}  // namespace rbee::engine::vulkan
