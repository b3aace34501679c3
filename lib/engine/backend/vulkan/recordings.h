#pragma once
// Recorded commands of a plan, by the shape of a step.

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "engine/backend/step_shape.h"
#include "engine/backend/vulkan/commands.h"

namespace rbee::engine::vulkan {

/// At most kRecordingsMax; the one that was not used for longest makes room.
class Recordings {
 public:
  explicit Recordings(const Device& device) : device_(device), pool_(device) {}

  /// The commands for the shape; `record` writes them when there are none.
  VkCommandBuffer get(StepShape shape, const std::function<void(VkCommandBuffer)>& record);

 private:
  struct Recording {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    std::uint64_t last_use = 0;
  };
  void drop_oldest();

  const Device& device_;
  CommandPool pool_;
  std::map<StepShape, Recording> recordings_;
  std::uint64_t uses_ = 0;
};

}  // namespace rbee::engine::vulkan
