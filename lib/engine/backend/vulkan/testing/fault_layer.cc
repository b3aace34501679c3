// The layer's functions. How layers are chained: Khronos, "Architecture of the Vulkan Loader Interfaces", layer
// interface. Only what must go wrong is replaced, all else goes from the loader to the driver.

#include "engine/backend/vulkan/testing/fault_layer.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include <vulkan/vk_layer.h>

#include "engine/testing/stand_in_settings.h"

namespace rbee::engine::vulkan {

extern "C" __attribute__((visibility("default"))) FaultLayer* rbee_fault_layer();

namespace {

struct Held {
  VkQueue queue;
  VkCommandBuffer commands;
  VkFence fence;
};

/// One application at a time: the functions below are of the newest instance and device.
struct Layer {
  Layer() {
    auto settings = settings_beside(reinterpret_cast<const void*>(&rbee_fault_layer));
    control.failing_submission = settings["failing_submission"];
    control.failing_pipeline = settings["failing_pipeline"];
    control.heap_bytes = settings["heap_bytes"];
    control.budget_bytes = settings["budget_bytes"];
    control.allocation_bytes_max = settings["allocation_bytes_max"];
    control.vulkan_minor = settings["vulkan_minor"];
    control.holds_submissions = settings["holds_submissions"];
  }

  FaultLayer control;
  std::mutex mutex;
  PFN_vkGetInstanceProcAddr next_instance_function = nullptr;
  PFN_vkGetDeviceProcAddr next_device_function = nullptr;
  /// Asked for while the instance is made: later the loader answers with what stands above this layer.
  std::map<std::string_view, PFN_vkVoidFunction> of_instance;
  VkDevice device = VK_NULL_HANDLE;
  std::map<VkDeviceMemory, std::uint64_t> allocations;
  std::vector<Held> held;
};

Layer& layer() {
  static Layer the_layer;
  return the_layer;
}

FaultLayer& control() {
  return layer().control;
}

template <typename Function>
Function of_instance(const char* name) {
  return reinterpret_cast<Function>(layer().of_instance.at(name));
}

template <typename Function>
Function of_device(const char* name) {
  return reinterpret_cast<Function>(layer().next_device_function(layer().device, name));
}

/// The loader's entry in the chain of a creation's structures that hands on the next layer.
template <typename Info>
Info* chain_link(const void* next, VkStructureType type) {
  auto* info = static_cast<Info*>(const_cast<void*>(next));
  while (info != nullptr && (info->sType != type || info->function != VK_LAYER_LINK_INFO)) {
    info = static_cast<Info*>(const_cast<void*>(info->pNext));
  }
  return info;
}

VKAPI_ATTR VkResult VKAPI_CALL create_instance(const VkInstanceCreateInfo* info, const VkAllocationCallbacks* allocator,
                                               VkInstance* instance) {
  auto* link = chain_link<VkLayerInstanceCreateInfo>(info->pNext, VK_STRUCTURE_TYPE_LOADER_INSTANCE_CREATE_INFO);
  if (link == nullptr) return VK_ERROR_INITIALIZATION_FAILED;
  const PFN_vkGetInstanceProcAddr next = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  const auto create = reinterpret_cast<PFN_vkCreateInstance>(next(VK_NULL_HANDLE, "vkCreateInstance"));
  const VkResult result = create(info, allocator, instance);
  if (result != VK_SUCCESS) return result;
  layer().next_instance_function = next;
  for (const char* name : {"vkCreateDevice", "vkEnumerateDeviceExtensionProperties", "vkGetPhysicalDeviceProperties",
                           "vkGetPhysicalDeviceMemoryProperties", "vkGetPhysicalDeviceMemoryProperties2"}) {
    layer().of_instance[name] = next(*instance, name);
  }
  ++control().instances;
  return result;
}

VKAPI_ATTR VkResult VKAPI_CALL create_device(VkPhysicalDevice physical, const VkDeviceCreateInfo* info,
                                             const VkAllocationCallbacks* allocator, VkDevice* device) {
  auto* link = chain_link<VkLayerDeviceCreateInfo>(info->pNext, VK_STRUCTURE_TYPE_LOADER_DEVICE_CREATE_INFO);
  if (link == nullptr) return VK_ERROR_INITIALIZATION_FAILED;
  const PFN_vkGetDeviceProcAddr next = link->u.pLayerInfo->pfnNextGetDeviceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  // The driver below may lack the extension that this layer adds.
  std::vector<const char*> extensions;
  for (std::uint32_t i = 0; i < info->enabledExtensionCount; ++i) {
    const char* name = info->ppEnabledExtensionNames[i];
    const bool added = control().budget_bytes != 0 && std::string_view(name) == VK_EXT_MEMORY_BUDGET_EXTENSION_NAME;
    if (!added) extensions.push_back(name);
  }
  VkDeviceCreateInfo lower = *info;
  lower.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  lower.ppEnabledExtensionNames = extensions.data();
  const VkResult result = of_instance<PFN_vkCreateDevice>("vkCreateDevice")(physical, &lower, allocator, device);
  if (result != VK_SUCCESS) return result;
  layer().next_device_function = next;
  layer().device = *device;
  return result;
}

VKAPI_ATTR VkResult VKAPI_CALL device_extensions(VkPhysicalDevice physical, const char* of_layer, std::uint32_t* count,
                                                 VkExtensionProperties* extensions) {
  const auto next = of_instance<PFN_vkEnumerateDeviceExtensionProperties>("vkEnumerateDeviceExtensionProperties");
  if (control().budget_bytes == 0) return next(physical, of_layer, count, extensions);
  std::uint32_t below = 0;
  next(physical, of_layer, &below, nullptr);
  std::vector<VkExtensionProperties> all(below);
  next(physical, of_layer, &below, all.data());
  all.push_back({.extensionName = VK_EXT_MEMORY_BUDGET_EXTENSION_NAME, .specVersion = 1});
  if (extensions != nullptr) std::copy_n(all.begin(), std::min<std::size_t>(*count, all.size()), extensions);
  *count = static_cast<std::uint32_t>(all.size());
  return VK_SUCCESS;
}

VKAPI_ATTR void VKAPI_CALL get_properties(VkPhysicalDevice physical, VkPhysicalDeviceProperties* properties) {
  of_instance<PFN_vkGetPhysicalDeviceProperties>("vkGetPhysicalDeviceProperties")(physical, properties);
  if (control().vulkan_minor == 0) return;
  properties->apiVersion = VK_MAKE_API_VERSION(0, 1, static_cast<std::uint32_t>(control().vulkan_minor - 1), 0);
}

void shrink(VkPhysicalDeviceMemoryProperties& properties) {
  if (control().heap_bytes == 0) return;
  for (std::uint32_t i = 0; i < properties.memoryHeapCount; ++i) properties.memoryHeaps[i].size = control().heap_bytes;
}

VKAPI_ATTR void VKAPI_CALL get_memory(VkPhysicalDevice physical, VkPhysicalDeviceMemoryProperties* properties) {
  of_instance<PFN_vkGetPhysicalDeviceMemoryProperties>("vkGetPhysicalDeviceMemoryProperties")(physical, properties);
  shrink(*properties);
}

VKAPI_ATTR void VKAPI_CALL get_memory2(VkPhysicalDevice physical, VkPhysicalDeviceMemoryProperties2* properties) {
  of_instance<PFN_vkGetPhysicalDeviceMemoryProperties2>("vkGetPhysicalDeviceMemoryProperties2")(physical, properties);
  shrink(properties->memoryProperties);
  auto* next = static_cast<VkBaseOutStructure*>(properties->pNext);
  if (control().budget_bytes == 0 || next == nullptr) return;
  if (next->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT) return;
  auto* budget = reinterpret_cast<VkPhysicalDeviceMemoryBudgetPropertiesEXT*>(next);
  for (std::uint32_t i = 0; i < properties->memoryProperties.memoryHeapCount; ++i) {
    budget->heapUsage[i] = control().allocated_bytes;
    budget->heapBudget[i] = control().allocated_bytes + control().budget_bytes;
  }
}

VKAPI_ATTR VkResult VKAPI_CALL allocate(VkDevice device, const VkMemoryAllocateInfo* info,
                                        const VkAllocationCallbacks* allocator, VkDeviceMemory* memory) {
  const std::lock_guard lock(layer().mutex);
  FaultLayer& it = control();
  const std::uint64_t all = it.allocated_bytes + info->allocationSize;
  if (it.allocation_bytes_max != 0 && all > it.allocation_bytes_max) return VK_ERROR_OUT_OF_DEVICE_MEMORY;
  const VkResult result = of_device<PFN_vkAllocateMemory>("vkAllocateMemory")(device, info, allocator, memory);
  if (result != VK_SUCCESS) return result;
  it.allocated_bytes = all;
  layer().allocations[*memory] = info->allocationSize;
  it.allocations = layer().allocations.size();
  return result;
}

VKAPI_ATTR void VKAPI_CALL free_memory(VkDevice device, VkDeviceMemory memory, const VkAllocationCallbacks* allocator) {
  const std::lock_guard lock(layer().mutex);
  control().allocated_bytes -= layer().allocations[memory];
  layer().allocations.erase(memory);
  control().allocations = layer().allocations.size();
  of_device<PFN_vkFreeMemory>("vkFreeMemory")(device, memory, allocator);
}

VKAPI_ATTR VkResult VKAPI_CALL create_pipelines(VkDevice device, VkPipelineCache cache, std::uint32_t count,
                                                const VkComputePipelineCreateInfo* infos,
                                                const VkAllocationCallbacks* allocator, VkPipeline* pipelines) {
  if (control().failing_pipeline != 0 && --control().failing_pipeline == 0) return VK_ERROR_INVALID_SHADER_NV;
  return of_device<PFN_vkCreateComputePipelines>("vkCreateComputePipelines")(device, cache, count, infos, allocator,
                                                                             pipelines);
}

VkResult submit_now(const Held& work) {
  const VkSubmitInfo info{
      .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1, .pCommandBuffers = &work.commands};
  return of_device<PFN_vkQueueSubmit>("vkQueueSubmit")(work.queue, 1, &info, work.fence);
}

void submit_held() {
  for (const Held& work : layer().held) submit_now(work);
  layer().held.clear();
  control().held = 0;
}

VKAPI_ATTR VkResult VKAPI_CALL queue_submit(VkQueue queue, std::uint32_t count, const VkSubmitInfo* infos,
                                            VkFence fence) {
  const std::lock_guard lock(layer().mutex);
  FaultLayer& it = control();
  ++it.submissions;
  if (it.failing_submission != 0 && --it.failing_submission == 0) it.is_lost = true;
  if (it.is_lost) return VK_ERROR_DEVICE_LOST;
  if (it.holds_submissions == 0 || count != 1 || infos->commandBufferCount != 1) {
    return of_device<PFN_vkQueueSubmit>("vkQueueSubmit")(queue, count, infos, fence);
  }
  layer().held.push_back({queue, *infos->pCommandBuffers, fence});
  it.held = layer().held.size();
  it.held_max = std::max(it.held_max, it.held);
  return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL wait_for_fences(VkDevice device, std::uint32_t count, const VkFence* fences,
                                               VkBool32 all, std::uint64_t timeout) {
  if (control().is_lost) return VK_ERROR_DEVICE_LOST;
  const std::lock_guard lock(layer().mutex);
  submit_held();
  return of_device<PFN_vkWaitForFences>("vkWaitForFences")(device, count, fences, all, timeout);
}

VKAPI_ATTR VkResult VKAPI_CALL wait_idle(VkDevice device) {
  const std::lock_guard lock(layer().mutex);
  submit_held();
  const VkResult result = of_device<PFN_vkDeviceWaitIdle>("vkDeviceWaitIdle")(device);
  return control().is_lost ? VK_ERROR_DEVICE_LOST : result;
}

template <typename Function>
PFN_vkVoidFunction as_void(Function* function) {
  return reinterpret_cast<PFN_vkVoidFunction>(function);
}

PFN_vkVoidFunction VKAPI_CALL device_function(VkDevice device, const char* name);

PFN_vkVoidFunction replaced(std::string_view name) {
  static const std::map<std::string_view, PFN_vkVoidFunction> kReplaced = {
      {"vkCreateInstance", as_void(create_instance)},
      {"vkCreateDevice", as_void(create_device)},
      {"vkEnumerateDeviceExtensionProperties", as_void(device_extensions)},
      {"vkGetPhysicalDeviceProperties", as_void(get_properties)},
      {"vkGetPhysicalDeviceMemoryProperties", as_void(get_memory)},
      {"vkGetPhysicalDeviceMemoryProperties2", as_void(get_memory2)},
      {"vkGetDeviceProcAddr", as_void(device_function)},
      {"vkAllocateMemory", as_void(allocate)},
      {"vkFreeMemory", as_void(free_memory)},
      {"vkCreateComputePipelines", as_void(create_pipelines)},
      {"vkQueueSubmit", as_void(queue_submit)},
      {"vkWaitForFences", as_void(wait_for_fences)},
      {"vkDeviceWaitIdle", as_void(wait_idle)}};
  const auto found = kReplaced.find(name);
  return found == kReplaced.end() ? nullptr : found->second;
}

PFN_vkVoidFunction VKAPI_CALL device_function(VkDevice device, const char* name) {
  if (const PFN_vkVoidFunction own = replaced(name)) return own;
  return layer().next_device_function(device, name);
}

PFN_vkVoidFunction VKAPI_CALL instance_function(VkInstance instance, const char* name) {
  if (const PFN_vkVoidFunction own = replaced(name)) return own;
  return layer().next_instance_function == nullptr ? nullptr : layer().next_instance_function(instance, name);
}

}  // namespace

FaultLayer* rbee_fault_layer() {
  return &control();
}

extern "C" __attribute__((visibility("default"))) VkResult VKAPI_CALL
vkNegotiateLoaderLayerInterfaceVersion(VkNegotiateLayerInterface* negotiation) {
  negotiation->loaderLayerInterfaceVersion = std::min(negotiation->loaderLayerInterfaceVersion, 2U);
  negotiation->pfnGetInstanceProcAddr = instance_function;
  negotiation->pfnGetDeviceProcAddr = device_function;
  negotiation->pfnGetPhysicalDeviceProcAddr = nullptr;
  return VK_SUCCESS;
}

}  // namespace rbee::engine::vulkan
