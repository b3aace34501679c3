#include "engine/backend/vulkan/pipelines.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "engine/backend/vulkan/pipeline_cache_file.h"
#include "engine/backend/vulkan/shader_library.h"

namespace rbee::engine::vulkan {
namespace {

constexpr std::uint32_t kSetsPerPool = 256;

const Shader& find_shader(std::string_view name) {
  const auto shaders = all_shaders();
  const auto found = std::find_if(shaders.begin(), shaders.end(), [&](const Shader& s) { return s.name == name; });
  RBEE_CHECK(found != shaders.end());
  return *found;
}

Owned<VkDescriptorSetLayout> make_set_layout(const Device& device) {
  std::array<VkDescriptorSetLayoutBinding, kBindings> bindings{};
  for (std::uint32_t i = 0; i < kBindings; ++i) {
    bindings[i] = {.binding = i,
                   .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                   .descriptorCount = 1,
                   .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
  }
  const VkDescriptorSetLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
                                             .bindingCount = kBindings,
                                             .pBindings = bindings.data()};
  VkDescriptorSetLayout layout = VK_NULL_HANDLE;
  check(device.api().create_set_layout(device.handle(), &info, nullptr, &layout), "making a descriptor set layout");
  return {device.handle(), layout, device.api().destroy_set_layout};
}

Owned<VkPipelineLayout> make_layout(const Device& device, VkDescriptorSetLayout set_layout) {
  const VkPushConstantRange push{.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .offset = 0, .size = sizeof(PushWords)};
  const VkPipelineLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                        .setLayoutCount = 1,
                                        .pSetLayouts = &set_layout,
                                        .pushConstantRangeCount = 1,
                                        .pPushConstantRanges = &push};
  VkPipelineLayout layout = VK_NULL_HANDLE;
  check(device.api().create_pipeline_layout(device.handle(), &info, nullptr, &layout), "making a pipeline layout");
  return {device.handle(), layout, device.api().destroy_pipeline_layout};
}

}  // namespace

Pipelines::Pipelines(const Device& device, const std::filesystem::path& cache_folder)
    : device_(device),
      cache_file_(cache_folder.empty() ? std::filesystem::path() : pipeline_cache_path(cache_folder, device)),
      set_layout_(make_set_layout(device)),
      layout_(make_layout(device, set_layout_.get())) {
  load_cache();
}

void Pipelines::load_cache() {
  const std::string kept = cache_file_.empty() ? std::string() : read_pipeline_cache(cache_file_, device_);
  const VkPipelineCacheCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
                                       .initialDataSize = kept.size(),
                                       .pInitialData = kept.data()};
  VkPipelineCache cache = VK_NULL_HANDLE;
  check(device_.api().create_pipeline_cache(device_.handle(), &info, nullptr, &cache), "making a pipeline cache");
  cache_ = {device_.handle(), cache, device_.api().destroy_pipeline_cache};
}

VkPipeline Pipelines::get(const std::string& shader, Constants constants) {
  const auto [at, is_new] = pipelines_.try_emplace({shader, constants});
  if (is_new) {
    at->second = make(shader, constants);
    changed_ = true;
  }
  return at->second.get();
}

Owned<VkPipeline> Pipelines::make(const std::string& name, const Constants& constants) const {
  const DeviceApi& api = device_.api();
  const Shader& shader = find_shader(name);
  const VkShaderModuleCreateInfo module_info{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                             .codeSize = shader.words.size_bytes(),
                                             .pCode = shader.words.data()};
  VkShaderModule module = VK_NULL_HANDLE;
  const auto check_compiled = [&](VkResult result) {
    if (result >= 0) return;
    if (result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY)
      check(result, "making a shader");
    fail(ErrorKind::kUnsupported, "{} does not compile the shader '{}' of this build: {}", device_.description(), name,
         result_name(result));
  };
  check_compiled(api.create_shader(device_.handle(), &module_info, nullptr, &module));
  const Owned<VkShaderModule> owned(device_.handle(), module, api.destroy_shader);
  constexpr std::uint32_t kBytes = sizeof(std::uint32_t);
  constexpr std::array<VkSpecializationMapEntry, 2> kEntries = {
      {{.constantID = 0, .offset = 0, .size = kBytes}, {.constantID = 1, .offset = kBytes, .size = kBytes}}};
  const VkSpecializationInfo specialization{.mapEntryCount = kEntries.size(),
                                            .pMapEntries = kEntries.data(),
                                            .dataSize = sizeof constants,
                                            .pData = constants.data()};
  const VkComputePipelineCreateInfo info{.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
                                         .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                                                   .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                                                   .module = module,
                                                   .pName = "main",
                                                   .pSpecializationInfo = &specialization},
                                         .layout = layout_.get()};
  VkPipeline pipeline = VK_NULL_HANDLE;
  check_compiled(api.create_compute_pipelines(device_.handle(), cache_.get(), 1, &info, nullptr, &pipeline));
  return {device_.handle(), pipeline, api.destroy_pipeline};
}

void Pipelines::save_cache() {
  if (!changed_ || cache_file_.empty()) return;
  changed_ = false;
  std::size_t bytes = 0;
  const DeviceApi& api = device_.api();
  if (api.get_pipeline_cache_data(device_.handle(), cache_.get(), &bytes, nullptr) != VK_SUCCESS) return;
  std::string data(bytes, '\0');
  if (api.get_pipeline_cache_data(device_.handle(), cache_.get(), &bytes, data.data()) != VK_SUCCESS) return;
  data.resize(bytes);
  write_pipeline_cache(cache_file_, data);
}

VkDescriptorSet BindingSets::make(const std::array<BufferRange, kBindings>& ranges) {
  const DeviceApi& api = device_.api();
  if (left_ == 0) {
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kSetsPerPool * kBindings};
    const VkDescriptorPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                          .maxSets = kSetsPerPool,
                                          .poolSizeCount = 1,
                                          .pPoolSizes = &size};
    VkDescriptorPool pool = VK_NULL_HANDLE;
    check(api.create_descriptor_pool(device_.handle(), &info, nullptr, &pool), "making a descriptor pool");
    pools_.emplace_back(device_.handle(), pool, api.destroy_descriptor_pool);
    left_ = kSetsPerPool;
  }
  --left_;
  const VkDescriptorSetLayout layout = pipelines_.set_layout();
  const VkDescriptorSetAllocateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                         .descriptorPool = pools_.back().get(),
                                         .descriptorSetCount = 1,
                                         .pSetLayouts = &layout};
  VkDescriptorSet set = VK_NULL_HANDLE;
  check(api.allocate_sets(device_.handle(), &info, &set), "making a descriptor set");
  std::array<VkDescriptorBufferInfo, kBindings> buffers{};
  for (std::size_t i = 0; i < kBindings; ++i) buffers[i] = {ranges[i].buffer, ranges[i].offset, ranges[i].bytes};
  const VkWriteDescriptorSet write{.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                   .dstSet = set,
                                   .dstBinding = 0,
                                   .descriptorCount = kBindings,
                                   .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                   .pBufferInfo = buffers.data()};
  api.update_sets(device_.handle(), 1, &write, 0, nullptr);
  return set;
}

}  // namespace rbee::engine::vulkan
