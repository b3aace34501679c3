#pragma once
// Shaders made ready for the device.

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/backend/vulkan/buffer.h"

namespace rbee::engine::vulkan {

/// Every shader has the same interface: storage buffers 0..5 of set 0 (bindings.glsl) and so many push constants.
constexpr std::uint32_t kBindings = 6;
constexpr std::uint32_t kPushWords = 12;

using Constants = std::array<std::uint32_t, 2>;  ///< a shader's specialization constants 0 and 1
using PushWords = std::array<std::uint32_t, kPushWords>;

class Pipelines {
 public:
  /// `cache_folder` is where compiled pipelines are kept from run to run; empty: nowhere.
  Pipelines(const Device& device, const std::filesystem::path& cache_folder);

  /// The shader of this name with these constants (ignored by shaders that have none). Made at the first call. Throws
  /// Error{kIo}: the driver does not take the shader.
  VkPipeline get(const std::string& shader, Constants constants = {});

  VkPipelineLayout layout() const { return layout_.get(); }
  VkDescriptorSetLayout set_layout() const { return set_layout_.get(); }

  /// Writes what was compiled since the last call to the cache folder. A folder that cannot be written is no error: the
  /// next start takes longer.
  void save_cache();

 private:
  void load_cache();
  Owned<VkPipeline> make(const std::string& shader, const Constants& constants) const;

  const Device& device_;
  const std::filesystem::path cache_file_;  // empty: none
  Owned<VkDescriptorSetLayout> set_layout_;
  Owned<VkPipelineLayout> layout_;
  Owned<VkPipelineCache> cache_;
  std::map<std::pair<std::string, Constants>, Owned<VkPipeline>> pipelines_;
  bool changed_ = false;  // something is not in the cache's file
};

/// Descriptor sets of that interface; they live as long as this.
class BindingSets {
 public:
  BindingSets(const Device& device, const Pipelines& pipelines) : device_(device), pipelines_(pipelines) {}

  /// A set with these buffers at bindings 0..5.
  VkDescriptorSet make(const std::array<BufferRange, kBindings>& ranges);

 private:
  const Device& device_;
  const Pipelines& pipelines_;
  std::vector<Owned<VkDescriptorPool>> pools_;
  std::uint32_t left_ = 0;  // sets in the last pool
};

}  // namespace rbee::engine::vulkan
