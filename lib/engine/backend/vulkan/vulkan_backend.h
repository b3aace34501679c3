#pragma once
// The backend for graphics processors with Vulkan 1.1.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/backend/backend.h"

namespace rbee::engine {

struct VulkanOptions {
  std::uint32_t gpu = 0;               ///< in the loader's order
  std::filesystem::path cache_folder;  ///< for compiled pipelines; empty: none are kept
  /// Lowers what a shader is given at once, in bytes; 0: what the device takes. For tests of what is cut.
  std::uint64_t binding_bytes_max = 0;
  /// Takes the validation layer's messages; without one the layer is not loaded. May be called on any thread.
  std::function<void(std::string_view message)> validation;
};

/// Throws Error{kUnsupported}: no loader, no driver, no such device; each says what was looked for and found.
std::unique_ptr<Backend> make_vulkan_backend(const VulkanOptions& options);

/// Why there is no Vulkan device to run on; empty when there is one.
std::string why_no_vulkan();
/// Whether VulkanOptions::validation can be used.
bool has_vulkan_validation();

}  // namespace rbee::engine
