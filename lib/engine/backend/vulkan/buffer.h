#pragma once
// Memory that shaders read and write.

#include <cstddef>
#include <cstdint>

#include "engine/backend/vulkan/device.h"

namespace rbee::engine::vulkan {

enum class Placement : std::uint8_t {
  kDevice,   ///< the device's own memory; mapped where it can be
  kShared,   ///< written by the host: in the device's memory where both reach it
  kStaging,  ///< written by the host and copied from
  kReadback  ///< read by the host, cached
};

class Buffer {
 public:
  Buffer() = default;
  /// Throws Error{kExhausted} that names `what`, the bytes needed and those available.
  Buffer(const Device& device, std::uint64_t bytes, Placement placement, const char* what);

  VkBuffer handle() const { return buffer_.get(); }
  std::uint64_t size() const { return bytes_; }
  /// Null when the host does not reach it. Its memory is coherent: what is written before a submission is seen by it.
  std::byte* mapped() const { return mapped_; }

 private:
  std::uint64_t bytes_ = 0;
  Owned<VkDeviceMemory> memory_;
  Owned<VkBuffer> buffer_;  // destroyed before its memory
  std::byte* mapped_ = nullptr;
};

/// A part of a buffer, as a shader gets it.
struct BufferRange {
  VkBuffer buffer = VK_NULL_HANDLE;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

}  // namespace rbee::engine::vulkan
