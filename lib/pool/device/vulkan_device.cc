#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "pool/device/gpu_device.h"
#include "pool/device/shared_library.h"

namespace rbee::pool {
namespace {

// The few declarations of Vulkan 1.0 that are used, laid out as vulkan_core.h has them (Vulkan specification, chapters
// "Initialization" and "Devices and Queues"). All functions that return int return 0 for success.
struct InstanceCreateInfo {
  std::int32_t type = 1;  // VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO
  const void* next = nullptr;
  std::uint32_t flags = 0;
  const void* application = nullptr;
  std::uint32_t layer_count = 0;
  const char* const* layers = nullptr;
  std::uint32_t extension_count = 0;
  const char* const* extensions = nullptr;
};
struct DeviceProperties {
  std::uint32_t api_version, driver_version, vendor, device, type;
  char name[256];
  std::array<std::byte, 2048> rest;  // limits and sparse properties: under 600 bytes
};
struct MemoryHeap {
  std::uint64_t bytes;
  std::uint32_t flags;  // bit 0: of the device
};
struct MemoryProperties {
  std::uint32_t type_count;
  struct {
    std::uint32_t flags, heap;
  } types[32];
  std::uint32_t heap_count;
  MemoryHeap heaps[16];
};
using Instance = void*;
using PhysicalDevice = void*;
using CreateInstance = int(const InstanceCreateInfo* info, const void* allocator, Instance* instance);
using DestroyInstance = void(Instance instance, const void* allocator);
using EnumerateDevices = int(Instance instance, std::uint32_t* count, PhysicalDevice* devices);
using GetProperties = void(PhysicalDevice device, DeviceProperties* properties);
using GetMemory = void(PhysicalDevice device, MemoryProperties* properties);

constexpr std::uint32_t kDevicesMax = 64;

struct Vulkan {
  explicit Vulkan(const SharedLibrary& library)
      : create(library.function<CreateInstance>("vkCreateInstance")),
        destroy(library.function<DestroyInstance>("vkDestroyInstance")),
        enumerate(library.function<EnumerateDevices>("vkEnumeratePhysicalDevices")),
        properties(library.function<GetProperties>("vkGetPhysicalDeviceProperties")),
        memory(library.function<GetMemory>("vkGetPhysicalDeviceMemoryProperties")) {}
  bool complete() const { return create && destroy && enumerate && properties && memory; }

  CreateInstance* create;
  DestroyInstance* destroy;
  EnumerateDevices* enumerate;
  GetProperties* properties;
  GetMemory* memory;
};

std::string version_text(std::uint32_t version) {  // 7 variant/major, 10 minor, 12 patch bits
  return fmt::format("{}.{}.{}", (version >> 22) & 0x7F, (version >> 12) & 0x3FF, version & 0xFFF);
}

GpuDevice describe(const Vulkan& vulkan, PhysicalDevice device, std::uint32_t index) {
  constexpr std::array<const char*, 5> kKinds = {"other", "integrated", "discrete", "virtual", "cpu"};
  DeviceProperties properties{};
  vulkan.properties(device, &properties);
  MemoryProperties memory{};
  vulkan.memory(device, &memory);
  GpuDevice gpu;
  gpu.index = index;
  gpu.name.assign(properties.name, ::strnlen(properties.name, sizeof properties.name));
  gpu.kind = kKinds[std::min<std::size_t>(properties.type, kKinds.size() - 1)];
  gpu.driver = "Vulkan " + version_text(properties.api_version);
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(memory.heap_count, 16); ++i) {
    if ((memory.heaps[i].flags & 1) != 0) gpu.memory_bytes += memory.heaps[i].bytes;
  }
  return gpu;
}

}  // namespace

GpuProbe probe_vulkan() {
  const SharedLibrary library("libvulkan.so.1");
  if (!library.loaded()) return {{}, fmt::format("no Vulkan loader (Debian: libvulkan1): {}", library.reason())};
  const Vulkan vulkan(library);
  if (!vulkan.complete()) return {{}, "the Vulkan loader lacks functions"};
  const InstanceCreateInfo info;
  Instance instance = nullptr;
  if (const int error = vulkan.create(&info, nullptr, &instance)) {
    return {{}, fmt::format("no Vulkan driver (vkCreateInstance returned {})", error)};
  }
  GpuProbe probe;
  std::array<PhysicalDevice, kDevicesMax> devices{};
  std::uint32_t count = kDevicesMax;
  if (vulkan.enumerate(instance, &count, devices.data()) >= 0) {
    for (std::uint32_t i = 0; i < count; ++i) probe.devices.push_back(describe(vulkan, devices[i], i));
  }
  vulkan.destroy(instance, nullptr);
  if (probe.devices.empty()) probe.reason = "the Vulkan loader finds no device";
  return probe;
}

}  // namespace rbee::pool
