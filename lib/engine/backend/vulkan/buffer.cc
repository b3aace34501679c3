#include "engine/backend/vulkan/buffer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/error.h"

namespace rbee::engine::vulkan {
namespace {

constexpr VkMemoryPropertyFlags kHost = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
constexpr VkMemoryPropertyFlags kLocal = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
constexpr VkMemoryPropertyFlags kCached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;

/// Best first.
std::array<VkMemoryPropertyFlags, 3> wishes(Placement placement) {
  switch (placement) {
    case Placement::kDevice:
      return {kLocal, kLocal, 0};
    case Placement::kShared:
      return {kLocal | kHost, kHost, kHost};
    case Placement::kStaging:
      return {kHost, kHost, kHost};
    case Placement::kReadback:
      return {kHost | kCached, kHost, kHost};
  }
  return {};
}

std::optional<std::uint32_t> find_type(const VkPhysicalDeviceMemoryProperties& types, std::uint32_t usable,
                                       VkMemoryPropertyFlags wanted) {
  for (std::uint32_t i = 0; i < types.memoryTypeCount; ++i) {
    if ((usable >> i & 1U) != 0 && (types.memoryTypes[i].propertyFlags & wanted) == wanted) return i;
  }
  return std::nullopt;
}

}  // namespace

Buffer::Buffer(const Device& device, std::uint64_t bytes, Placement placement, const char* what) : bytes_(bytes) {
  const DeviceApi& api = device.api();
  const VkBufferCreateInfo info{
      .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
      .size = bytes,
      .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
      .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
  VkBuffer buffer = VK_NULL_HANDLE;
  check(api.create_buffer(device.handle(), &info, nullptr, &buffer), what);
  buffer_ = {device.handle(), buffer, api.destroy_buffer};
  VkMemoryRequirements needs{};
  api.get_buffer_requirements(device.handle(), buffer, &needs);

  VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  for (const VkMemoryPropertyFlags wanted : wishes(placement)) {
    const auto type = find_type(device.memory_types(), needs.memoryTypeBits, wanted);
    if (!type) continue;
    const VkMemoryAllocateInfo allocation{
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, .allocationSize = needs.size, .memoryTypeIndex = *type};
    VkDeviceMemory memory = VK_NULL_HANDLE;
    result = api.allocate_memory(device.handle(), &allocation, nullptr, &memory);
    if (result != VK_SUCCESS) continue;
    memory_ = {device.handle(), memory, api.free_memory};
    const bool host = (device.memory_types().memoryTypes[*type].propertyFlags & kHost) == kHost;
    void* mapped = nullptr;
    check(api.bind_buffer_memory(device.handle(), buffer, memory, 0), what);
    if (host) check(api.map_memory(device.handle(), memory, 0, VK_WHOLE_SIZE, 0, &mapped), what);
    mapped_ = static_cast<std::byte*>(mapped);
    return;
  }
  fail(ErrorKind::kExhausted, "{}: {} bytes of memory are needed on {}, about {} are available ({})", what, bytes,
       device.description(), device.memory().available, result_name(result));
}

}  // namespace rbee::engine::vulkan
