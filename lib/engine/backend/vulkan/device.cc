#include "engine/backend/vulkan/device.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "engine/backend/vulkan/limits.h"

namespace rbee::engine::vulkan {
namespace {

constexpr std::uint32_t kPage = 4096;  // a range whose size is a multiple of it suits every alignment
constexpr const char* kPortabilitySubset = "VK_KHR_portability_subset";

const char* kind_of(VkPhysicalDeviceType type) {
  constexpr std::array<const char*, 5> kKinds = {"other", "integrated", "discrete", "virtual", "cpu"};
  return kKinds[std::min<std::size_t>(type, kKinds.size() - 1)];
}

std::string description_of(const VkPhysicalDeviceProperties& properties) {
  const std::uint32_t version = properties.apiVersion;
  return fmt::format("{} ({}, Vulkan {}.{}.{})", properties.deviceName, kind_of(properties.deviceType),
                     VK_API_VERSION_MAJOR(version), VK_API_VERSION_MINOR(version), VK_API_VERSION_PATCH(version));
}

std::string device_list(const Instance& instance) {
  std::string list;
  for (std::size_t i = 0; i < instance.devices().size(); ++i) {
    VkPhysicalDeviceProperties properties{};
    instance.api().get_properties(instance.devices()[i], &properties);
    list += fmt::format("{}{}: {}", i == 0 ? "" : ", ", i, description_of(properties));
  }
  return list;
}

VkPhysicalDevice choose(const Instance& instance, std::uint32_t index) {
  if (instance.devices().empty()) {
    fail(ErrorKind::kUnsupported,
         "the Vulkan loader finds no device: no driver is installed for this machine's graphics processor, or it may "
         "not be used by this user");
  }
  if (index >= instance.devices().size()) {
    fail(ErrorKind::kUnsupported, "there is no Vulkan device {}; there are: {}", index, device_list(instance));
  }
  return instance.devices()[index];
}

std::uint32_t compute_family(const InstanceApi& api, VkPhysicalDevice physical, const std::string& description) {
  std::uint32_t count = 0;
  api.get_queue_families(physical, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  api.get_queue_families(physical, &count, families.data());
  for (std::uint32_t i = 0; i < count; ++i) {
    if ((families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) != 0) return i;
  }
  fail(ErrorKind::kUnsupported, "the Vulkan device {} has no queue for compute shaders", description);
}

bool has_extension(const InstanceApi& api, VkPhysicalDevice physical, const char* name) {
  std::uint32_t count = 0;
  api.enumerate_device_extensions(physical, nullptr, &count, nullptr);
  std::vector<VkExtensionProperties> extensions(count);
  api.enumerate_device_extensions(physical, nullptr, &count, extensions.data());
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](const VkExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
}

}  // namespace

Device::Device(std::uint32_t index, MessageSink messages, std::uint64_t binding_bytes_max)
    : instance_(std::make_unique<Instance>(std::move(messages))), physical_(choose(*instance_, index)) {
  const InstanceApi& instance = instance_->api();
  instance.get_properties(physical_, &properties_);
  instance.get_memory_properties(physical_, &memory_types_);
  if (properties_.apiVersion < VK_API_VERSION_1_1) {
    fail(ErrorKind::kUnsupported, "the driver of {} is too old: Vulkan 1.1 is needed", description());
  }
  binding_bytes_max_ = limits().maxStorageBufferRange / kPage * std::uint64_t{kPage};
  if (binding_bytes_max != 0) binding_bytes_max_ = std::min(binding_bytes_max_, binding_bytes_max);
  queue_family_ = compute_family(instance, physical_, description());
  std::vector<const char*> extensions;
  has_memory_budget_ = has_extension(instance, physical_, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  if (has_memory_budget_) extensions.push_back(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  if (has_extension(instance, physical_, kPortabilitySubset)) extensions.push_back(kPortabilitySubset);
  const float priority = 1.0F;
  const VkDeviceQueueCreateInfo queue{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                      .queueFamilyIndex = queue_family_,
                                      .queueCount = 1,
                                      .pQueuePriorities = &priority};
  const VkDeviceCreateInfo info{.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                .queueCreateInfoCount = 1,
                                .pQueueCreateInfos = &queue,
                                .enabledExtensionCount = static_cast<std::uint32_t>(extensions.size()),
                                .ppEnabledExtensionNames = extensions.data()};
  check(instance.create_device(physical_, &info, nullptr, &device_), "opening the device");
  api_ = DeviceApi::load(instance.get_device_function, device_);
  api_.get_queue(device_, queue_family_, 0, &queue_);
}

Device::~Device() {
  if (device_ == VK_NULL_HANDLE || api_.destroy_device == nullptr) return;
  api_.wait_idle(device_);
  api_.destroy_device(device_, nullptr);
}

std::string Device::description() const {
  return description_of(properties_);
}

DeviceMemory Device::memory() const {
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{.sType =
                                                       VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
  VkPhysicalDeviceMemoryProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
                                               .pNext = has_memory_budget_ ? &budget : nullptr};
  instance_->api().get_memory_properties2(physical_, &properties);
  DeviceMemory memory;
  const VkPhysicalDeviceMemoryProperties& heaps = properties.memoryProperties;
  for (std::uint32_t i = 0; i < heaps.memoryHeapCount; ++i) {
    if ((heaps.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) == 0) continue;
    const std::uint64_t bytes = heaps.memoryHeaps[i].size;
    if (bytes <= memory.total) continue;  // the largest; a small one beside it is a window to the same memory
    memory.total = bytes;
    const std::uint64_t used = std::min<std::uint64_t>(budget.heapUsage[i], budget.heapBudget[i]);
    memory.used = has_memory_budget_ ? budget.heapUsage[i] : 0;
    memory.available = has_memory_budget_ ? std::min<std::uint64_t>(bytes, budget.heapBudget[i] - used) : bytes;
  }
  return memory;
}

void Device::check_work(VkResult result, const char* what) const {
  if (result == VK_ERROR_DEVICE_LOST) {
    fail(ErrorKind::kIo, "the Vulkan device {} was lost: {} failed with {}", description(), what, result_name(result));
  }
  if (result == VK_TIMEOUT) {
    fail(ErrorKind::kIo, "the Vulkan device {} was lost: {} did not end within {} seconds", description(), what,
         kDeviceTimeout.count());
  }
  check(result, what);
}

void Device::submit(VkCommandBuffer commands, VkFence fence, const char* what) const {
  const VkSubmitInfo info{
      .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1, .pCommandBuffers = &commands};
  check_work(api_.queue_submit(queue_, 1, &info, fence), what);
}

void Device::wait(VkFence fence, const char* what) const {
  const auto timeout = std::chrono::duration_cast<std::chrono::nanoseconds>(kDeviceTimeout).count();
  check_work(api_.wait_for_fences(device_, 1, &fence, VK_TRUE, static_cast<std::uint64_t>(timeout)), what);
  check_work(api_.reset_fences(device_, 1, &fence), what);
}

}  // namespace rbee::engine::vulkan
