#pragma once
// Compiled pipelines on disk, so that a later start does not compile them again.

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/backend/vulkan/device.h"

namespace rbee::engine::vulkan {

/// A file name that names the device and its driver's build.
std::filesystem::path pipeline_cache_path(const std::filesystem::path& folder, const Device& device);

/// What write_pipeline_cache wrote; empty when the file is absent, too large, damaged (its checksum is wrong) or made
/// by another device or driver: drivers need not survive such data.
std::string read_pipeline_cache(const std::filesystem::path& file, const Device& device);

/// Keeps `data` of the driver; nothing happens when the folder cannot be written.
void write_pipeline_cache(const std::filesystem::path& file, std::string_view data);

}  // namespace rbee::engine::vulkan
