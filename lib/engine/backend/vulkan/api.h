#pragma once
// The Vulkan functions that are used, found at run time: nothing links the Vulkan loader.

#include <string>

#define VK_NO_PROTOTYPES  // NOLINT: how vulkan.h is told to declare types alone
#include <vulkan/vulkan.h>

namespace rbee::engine::vulkan {

/// What can be called without a device.
struct InstanceApi {
  PFN_vkDestroyInstance destroy_instance = nullptr;
  PFN_vkEnumeratePhysicalDevices enumerate_physical_devices = nullptr;
  PFN_vkGetPhysicalDeviceProperties get_properties = nullptr;
  PFN_vkGetPhysicalDeviceProperties2 get_properties2 = nullptr;
  PFN_vkGetPhysicalDeviceMemoryProperties get_memory_properties = nullptr;
  PFN_vkGetPhysicalDeviceMemoryProperties2 get_memory_properties2 = nullptr;
  PFN_vkGetPhysicalDeviceQueueFamilyProperties get_queue_families = nullptr;
  PFN_vkEnumerateDeviceExtensionProperties enumerate_device_extensions = nullptr;
  PFN_vkCreateDevice create_device = nullptr;
  PFN_vkGetDeviceProcAddr get_device_function = nullptr;

  /// Throws Error{kUnsupported} naming the function that is not there.
  static InstanceApi load(PFN_vkGetInstanceProcAddr get_function, VkInstance instance);
};

/// What is called on a device.
struct DeviceApi {
  PFN_vkDestroyDevice destroy_device = nullptr;
  PFN_vkGetDeviceQueue get_queue = nullptr;
  PFN_vkDeviceWaitIdle wait_idle = nullptr;
  PFN_vkCreateBuffer create_buffer = nullptr;
  PFN_vkDestroyBuffer destroy_buffer = nullptr;
  PFN_vkGetBufferMemoryRequirements get_buffer_requirements = nullptr;
  PFN_vkAllocateMemory allocate_memory = nullptr;
  PFN_vkFreeMemory free_memory = nullptr;
  PFN_vkBindBufferMemory bind_buffer_memory = nullptr;
  PFN_vkMapMemory map_memory = nullptr;
  PFN_vkCreateShaderModule create_shader = nullptr;
  PFN_vkDestroyShaderModule destroy_shader = nullptr;
  PFN_vkCreatePipelineCache create_pipeline_cache = nullptr;
  PFN_vkDestroyPipelineCache destroy_pipeline_cache = nullptr;
  PFN_vkGetPipelineCacheData get_pipeline_cache_data = nullptr;
  PFN_vkCreateDescriptorSetLayout create_set_layout = nullptr;
  PFN_vkDestroyDescriptorSetLayout destroy_set_layout = nullptr;
  PFN_vkCreatePipelineLayout create_pipeline_layout = nullptr;
  PFN_vkDestroyPipelineLayout destroy_pipeline_layout = nullptr;
  PFN_vkCreateComputePipelines create_compute_pipelines = nullptr;
  PFN_vkDestroyPipeline destroy_pipeline = nullptr;
  PFN_vkCreateDescriptorPool create_descriptor_pool = nullptr;
  PFN_vkDestroyDescriptorPool destroy_descriptor_pool = nullptr;
  PFN_vkAllocateDescriptorSets allocate_sets = nullptr;
  PFN_vkUpdateDescriptorSets update_sets = nullptr;
  PFN_vkCreateCommandPool create_command_pool = nullptr;
  PFN_vkDestroyCommandPool destroy_command_pool = nullptr;
  PFN_vkAllocateCommandBuffers allocate_command_buffers = nullptr;
  PFN_vkFreeCommandBuffers free_command_buffers = nullptr;
  PFN_vkBeginCommandBuffer begin_command_buffer = nullptr;
  PFN_vkEndCommandBuffer end_command_buffer = nullptr;
  PFN_vkCmdBindPipeline cmd_bind_pipeline = nullptr;
  PFN_vkCmdBindDescriptorSets cmd_bind_sets = nullptr;
  PFN_vkCmdPushConstants cmd_push_constants = nullptr;
  PFN_vkCmdDispatch cmd_dispatch = nullptr;
  PFN_vkCmdCopyBuffer cmd_copy_buffer = nullptr;
  PFN_vkCmdFillBuffer cmd_fill_buffer = nullptr;
  PFN_vkCmdPipelineBarrier cmd_pipeline_barrier = nullptr;
  PFN_vkCreateFence create_fence = nullptr;
  PFN_vkDestroyFence destroy_fence = nullptr;
  PFN_vkResetFences reset_fences = nullptr;
  PFN_vkWaitForFences wait_for_fences = nullptr;
  PFN_vkQueueSubmit queue_submit = nullptr;

  /// Throws as InstanceApi::load.
  static DeviceApi load(PFN_vkGetDeviceProcAddr get_function, VkDevice device);
};

/// "VK_ERROR_OUT_OF_DEVICE_MEMORY", or "VkResult -999" for those that no function here returns.
std::string result_name(VkResult result);

/// Throws Error unless `result` is a success: kExhausted for memory, kIo for a lost device and the rest; the message
/// begins with `what` could not be done.
void check(VkResult result, const char* what);

}  // namespace rbee::engine::vulkan
