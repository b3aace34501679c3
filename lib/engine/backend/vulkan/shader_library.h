#pragma once
// The shaders, compiled to SPIR-V by the build and embedded.

#include <cstdint>
#include <span>
#include <string_view>

namespace rbee::engine::vulkan {

struct Shader {
  std::string_view name;  ///< "rope", "matmul_Q4_K_8"
  std::span<const std::uint32_t> words;
};

/// All of them. Written by embed_shaders.cmake.
std::span<const Shader> all_shaders();

}  // namespace rbee::engine::vulkan
