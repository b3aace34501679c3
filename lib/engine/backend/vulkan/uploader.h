#pragma once
// Writes to device memory that the host does not reach.

#include <array>
#include <cstdint>

#include "engine/backend/vulkan/buffer.h"
#include "engine/backend/vulkan/commands.h"

namespace rbee::engine::vulkan {

/// Two staging buffers take turns: while the device copies from one, the caller fills the other, which is when the
/// model file is read.
class Uploader {
 public:
  explicit Uploader(const Device& device);
  /// Waits for what is under way.
  ~Uploader();
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;

  /// Space of `bytes` (at most kStagingBytes) to fill; it is copied to `target` at `offset` by the next copy().
  std::byte* space(std::uint64_t bytes);
  void copy(std::uint64_t bytes, const Buffer& target, std::uint64_t offset);
  /// Returns when everything is there.
  void finish();

 private:
  struct Turn {
    Buffer staging;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    Owned<VkFence> fence;
    bool under_way = false;
  };
  void wait(Turn& turn);

  const Device& device_;
  CommandPool pool_;
  std::array<Turn, 2> turns_;
  std::size_t next_ = 0;
};

}  // namespace rbee::engine::vulkan
