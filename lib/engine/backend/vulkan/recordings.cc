#include "engine/backend/vulkan/recordings.h"

#include <algorithm>

#include "engine/backend/vulkan/limits.h"

namespace rbee::engine::vulkan {

VkCommandBuffer Recordings::get(StepShape shape, const std::function<void(VkCommandBuffer)>& record) {
  auto found = recordings_.find(shape);
  if (found == recordings_.end()) {
    if (recordings_.size() == kRecordingsMax) drop_oldest();
    const VkCommandBuffer commands = pool_.allocate();
    begin_commands(device_, commands, Use::kAgain);
    record(commands);
    end_commands(device_, commands);
    found = recordings_.emplace(shape, Recording{.commands = commands}).first;
  }
  found->second.last_use = ++uses_;
  return found->second.commands;
}

void Recordings::drop_oldest() {
  const auto oldest = std::min_element(recordings_.begin(), recordings_.end(), [](const auto& a, const auto& b) {
    return a.second.last_use < b.second.last_use;
  });
  pool_.free(oldest->second.commands);
  recordings_.erase(oldest);
}

}  // namespace rbee::engine::vulkan
