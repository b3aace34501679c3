#include "engine/backend/vulkan/api.h"

#include <fmt/format.h>

#include "base/error.h"

namespace rbee::engine::vulkan {
namespace {

/// Finds functions one by one; `find` returns null for those that are not there.
template <typename Find>
class FunctionFinder {
 public:
  explicit FunctionFinder(Find find) : find_(find) {}

  template <typename Function>
  void operator()(Function& function, const char* name) const {
    function = reinterpret_cast<Function>(find_(name));
    if (function == nullptr)
      fail(ErrorKind::kUnsupported, "the Vulkan driver has no function {}: Vulkan 1.1 is needed", name);
  }

 private:
  Find find_;
};

}  // namespace

InstanceApi InstanceApi::load(PFN_vkGetInstanceProcAddr get_function, VkInstance instance) {
  const FunctionFinder find([&](const char* name) { return get_function(instance, name); });
  InstanceApi api;
  find(api.destroy_instance, "vkDestroyInstance");
  find(api.enumerate_physical_devices, "vkEnumeratePhysicalDevices");
  find(api.get_properties, "vkGetPhysicalDeviceProperties");
  find(api.get_properties2, "vkGetPhysicalDeviceProperties2");
  find(api.get_memory_properties, "vkGetPhysicalDeviceMemoryProperties");
  find(api.get_memory_properties2, "vkGetPhysicalDeviceMemoryProperties2");
  find(api.get_queue_families, "vkGetPhysicalDeviceQueueFamilyProperties");
  find(api.enumerate_device_extensions, "vkEnumerateDeviceExtensionProperties");
  find(api.create_device, "vkCreateDevice");
  find(api.get_device_function, "vkGetDeviceProcAddr");
  return api;
}

DeviceApi DeviceApi::load(PFN_vkGetDeviceProcAddr get_function, VkDevice device) {
  const FunctionFinder find([&](const char* name) { return get_function(device, name); });
  DeviceApi api;
  find(api.destroy_device, "vkDestroyDevice");
  find(api.get_queue, "vkGetDeviceQueue");
  find(api.wait_idle, "vkDeviceWaitIdle");
  find(api.create_buffer, "vkCreateBuffer");
  find(api.destroy_buffer, "vkDestroyBuffer");
  find(api.get_buffer_requirements, "vkGetBufferMemoryRequirements");
  find(api.allocate_memory, "vkAllocateMemory");
  find(api.free_memory, "vkFreeMemory");
  find(api.bind_buffer_memory, "vkBindBufferMemory");
  find(api.map_memory, "vkMapMemory");
  find(api.create_shader, "vkCreateShaderModule");
  find(api.destroy_shader, "vkDestroyShaderModule");
  find(api.create_pipeline_cache, "vkCreatePipelineCache");
  find(api.destroy_pipeline_cache, "vkDestroyPipelineCache");
  find(api.get_pipeline_cache_data, "vkGetPipelineCacheData");
  find(api.create_set_layout, "vkCreateDescriptorSetLayout");
  find(api.destroy_set_layout, "vkDestroyDescriptorSetLayout");
  find(api.create_pipeline_layout, "vkCreatePipelineLayout");
  find(api.destroy_pipeline_layout, "vkDestroyPipelineLayout");
  find(api.create_compute_pipelines, "vkCreateComputePipelines");
  find(api.destroy_pipeline, "vkDestroyPipeline");
  find(api.create_descriptor_pool, "vkCreateDescriptorPool");
  find(api.destroy_descriptor_pool, "vkDestroyDescriptorPool");
  find(api.allocate_sets, "vkAllocateDescriptorSets");
  find(api.update_sets, "vkUpdateDescriptorSets");
  find(api.create_command_pool, "vkCreateCommandPool");
  find(api.destroy_command_pool, "vkDestroyCommandPool");
  find(api.allocate_command_buffers, "vkAllocateCommandBuffers");
  find(api.free_command_buffers, "vkFreeCommandBuffers");
  find(api.begin_command_buffer, "vkBeginCommandBuffer");
  find(api.end_command_buffer, "vkEndCommandBuffer");
  find(api.cmd_bind_pipeline, "vkCmdBindPipeline");
  find(api.cmd_bind_sets, "vkCmdBindDescriptorSets");
  find(api.cmd_push_constants, "vkCmdPushConstants");
  find(api.cmd_dispatch, "vkCmdDispatch");
  find(api.cmd_copy_buffer, "vkCmdCopyBuffer");
  find(api.cmd_fill_buffer, "vkCmdFillBuffer");
  find(api.cmd_pipeline_barrier, "vkCmdPipelineBarrier");
  find(api.create_fence, "vkCreateFence");
  find(api.destroy_fence, "vkDestroyFence");
  find(api.reset_fences, "vkResetFences");
  find(api.wait_for_fences, "vkWaitForFences");
  find(api.queue_submit, "vkQueueSubmit");
  return api;
}

std::string result_name(VkResult result) {
  switch (result) {
    case VK_SUCCESS:
      return "VK_SUCCESS";
    case VK_TIMEOUT:
      return "VK_TIMEOUT";
    case VK_ERROR_OUT_OF_HOST_MEMORY:
      return "VK_ERROR_OUT_OF_HOST_MEMORY";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
      return "VK_ERROR_OUT_OF_DEVICE_MEMORY";
    case VK_ERROR_INITIALIZATION_FAILED:
      return "VK_ERROR_INITIALIZATION_FAILED";
    case VK_ERROR_DEVICE_LOST:
      return "VK_ERROR_DEVICE_LOST";
    case VK_ERROR_MEMORY_MAP_FAILED:
      return "VK_ERROR_MEMORY_MAP_FAILED";
    case VK_ERROR_LAYER_NOT_PRESENT:
      return "VK_ERROR_LAYER_NOT_PRESENT";
    case VK_ERROR_EXTENSION_NOT_PRESENT:
      return "VK_ERROR_EXTENSION_NOT_PRESENT";
    case VK_ERROR_FEATURE_NOT_PRESENT:
      return "VK_ERROR_FEATURE_NOT_PRESENT";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
      return "VK_ERROR_INCOMPATIBLE_DRIVER";
    case VK_ERROR_TOO_MANY_OBJECTS:
      return "VK_ERROR_TOO_MANY_OBJECTS";
    case VK_ERROR_INVALID_SHADER_NV:
      return "VK_ERROR_INVALID_SHADER_NV";
    default:
      return fmt::format("VkResult {}", static_cast<int>(result));
  }
}

void check(VkResult result, const char* what) {
  if (result >= 0 && result != VK_TIMEOUT) return;
  const bool memory = result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY;
  fail(memory ? ErrorKind::kExhausted : ErrorKind::kIo, "Vulkan: {} failed with {}", what, result_name(result));
}

}  // namespace rbee::engine::vulkan
