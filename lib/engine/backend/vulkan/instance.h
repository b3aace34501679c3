#pragma once
// The Vulkan loader, an instance of it and the devices that it finds.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/vulkan/api.h"

namespace rbee::engine::vulkan {

/// Takes what the validation layer says. Called on any thread that calls Vulkan.
using MessageSink = std::function<void(std::string_view message)>;

class Instance {
 public:
  /// Opens the loader and its drivers. With a sink, the Khronos validation layer is asked for and its messages go
  /// there. Throws Error{kUnsupported}: no loader (what was looked for), no driver, a version before 1.1, no validation
  /// layer.
  explicit Instance(MessageSink messages);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const InstanceApi& api() const { return api_; }
  /// In the loader's order, which is what --gpu counts.
  const std::vector<VkPhysicalDevice>& devices() const { return devices_; }

  /// True when the loader lists the validation layer.
  static bool has_validation_layer();

 private:
  MessageSink messages_;
  VkInstance instance_ = VK_NULL_HANDLE;
  InstanceApi api_;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
  PFN_vkDestroyDebugUtilsMessengerEXT destroy_messenger_ = nullptr;
  std::vector<VkPhysicalDevice> devices_;
};

}  // namespace rbee::engine::vulkan
