#pragma once
// One Vulkan device with the queue that all work goes through.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "engine/backend/vulkan/instance.h"

namespace rbee::engine::vulkan {

/// What an object of the device is destroyed with: owns the handle.
template <typename Handle>
class Owned {
 public:
  using Destroy = void(VKAPI_PTR*)(VkDevice, Handle, const VkAllocationCallbacks*);
  Owned() = default;
  Owned(VkDevice device, Handle handle, Destroy destroy) : device_(device), handle_(handle), destroy_(destroy) {}
  ~Owned() {
    if (handle_ != VK_NULL_HANDLE) destroy_(device_, handle_, nullptr);
  }
  Owned(Owned&& other) noexcept
      : device_(other.device_), handle_(std::exchange(other.handle_, Handle{})), destroy_(other.destroy_) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(device_, other.device_);
    std::swap(handle_, other.handle_);
    std::swap(destroy_, other.destroy_);
    return *this;
  }
  Handle get() const { return handle_; }

 private:
  VkDevice device_ = VK_NULL_HANDLE;
  Handle handle_ = VK_NULL_HANDLE;
  Destroy destroy_ = nullptr;
};

/// Bytes of the device's own memory.
struct DeviceMemory {
  std::uint64_t total = 0;
  std::uint64_t available = 0;  ///< by VK_EXT_memory_budget; `total` where the driver does not tell
  std::uint64_t used = 0;       ///< by this process, likewise; 0 where the driver does not tell
};

class Device {
 public:
  /// The device `index` of those that the loader finds. Throws Error: kUnsupported (no device, or none with that index:
  /// names those that are there; no compute queue).
  /// `binding_bytes_max` lowers what a shader is given at once; 0: what the device takes.
  Device(std::uint32_t index, MessageSink messages, std::uint64_t binding_bytes_max = 0);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// "NVIDIA H200 (discrete, Vulkan 1.3.280)"
  std::string description() const;
  DeviceMemory memory() const;
  const VkPhysicalDeviceProperties& properties() const { return properties_; }
  const VkPhysicalDeviceLimits& limits() const { return properties_.limits; }
  const VkPhysicalDeviceMemoryProperties& memory_types() const { return memory_types_; }
  /// The largest part of a buffer that a shader can be given.
  std::uint64_t binding_bytes_max() const { return binding_bytes_max_; }

  const DeviceApi& api() const { return api_; }
  VkDevice handle() const { return device_; }
  std::uint32_t queue_family() const { return queue_family_; }

  /// Submits one command buffer; `fence` is signalled when it is done. Throws Error: kIo when the device is lost.
  void submit(VkCommandBuffer commands, VkFence fence, const char* what) const;
  /// Waits for the fence and resets it. Throws Error{kIo}: the device is lost, or did not finish in kDeviceTimeout.
  void wait(VkFence fence, const char* what) const;

 private:
  void check_work(VkResult result, const char* what) const;

  const std::unique_ptr<Instance> instance_;
  VkPhysicalDevice physical_ = VK_NULL_HANDLE;
  VkPhysicalDeviceProperties properties_{};
  VkPhysicalDeviceMemoryProperties memory_types_{};
  std::uint64_t binding_bytes_max_ = 0;
  std::uint32_t queue_family_ = 0;
  bool has_memory_budget_ = false;
  VkDevice device_ = VK_NULL_HANDLE;
  DeviceApi api_;
  VkQueue queue_ = VK_NULL_HANDLE;
};

}  // namespace rbee::engine::vulkan
