#pragma once
// Command buffers and fences, as values.

#include "engine/backend/vulkan/device.h"

namespace rbee::engine::vulkan {

/// Where command buffers come from; they go with it.
class CommandPool {
 public:
  explicit CommandPool(const Device& device);
  VkCommandBuffer allocate() const;
  void free(VkCommandBuffer commands) const;

 private:
  const Device& device_;
  Owned<VkCommandPool> pool_;
};

Owned<VkFence> make_fence(const Device& device);

/// `once`: the commands are submitted a single time.
enum class Use : std::uint8_t { kOnce, kAgain };
void begin_commands(const Device& device, VkCommandBuffer commands, Use use);
void end_commands(const Device& device, VkCommandBuffer commands);

/// What was written before is seen by what follows: shaders, copies and the host.
void full_barrier(const Device& device, VkCommandBuffer commands);
/// What shaders wrote before is seen by the shaders that follow.
void shader_barrier(const Device& device, VkCommandBuffer commands);

}  // namespace rbee::engine::vulkan
