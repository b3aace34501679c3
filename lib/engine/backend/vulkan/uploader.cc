#include "engine/backend/vulkan/uploader.h"

#include "base/check.h"
#include "engine/backend/vulkan/limits.h"

namespace rbee::engine::vulkan {

Uploader::Uploader(const Device& device) : device_(device), pool_(device) {
  for (Turn& turn : turns_) {
    turn.staging = Buffer(device, kStagingBytes, Placement::kStaging, "staging memory");
    turn.commands = pool_.allocate();
    turn.fence = make_fence(device);
  }
}

Uploader::~Uploader() {
  for (const Turn& turn : turns_) {
    if (turn.under_way) device_.api().wait_idle(device_.handle());
  }
}

std::byte* Uploader::space(std::uint64_t bytes) {
  RBEE_CHECK(bytes <= kStagingBytes);
  wait(turns_[next_]);
  return turns_[next_].staging.mapped();
}

void Uploader::copy(std::uint64_t bytes, const Buffer& target, std::uint64_t offset) {
  Turn& turn = turns_[next_];
  begin_commands(device_, turn.commands, Use::kOnce);
  const VkBufferCopy region{.srcOffset = 0, .dstOffset = offset, .size = bytes};
  device_.api().cmd_copy_buffer(turn.commands, turn.staging.handle(), target.handle(), 1, &region);
  full_barrier(device_, turn.commands);
  end_commands(device_, turn.commands);
  device_.submit(turn.commands, turn.fence.get(), "copying weights to the device");
  turn.under_way = true;
  next_ = (next_ + 1) % turns_.size();
}

void Uploader::finish() {
  for (Turn& turn : turns_) wait(turn);
}

void Uploader::wait(Turn& turn) {
  if (!turn.under_way) return;
  device_.wait(turn.fence.get(), "copying weights to the device");
  turn.under_way = false;
}

}  // namespace rbee::engine::vulkan
