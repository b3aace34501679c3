#include "engine/backend/vulkan/pipeline_cache_file.h"

#include <array>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "engine/backend/vulkan/limits.h"

namespace rbee::engine::vulkan {
namespace {

constexpr std::string_view kMagic = "rbeepipe";  // then the checksum, 8 bytes, then the driver's data

/// FNV-1a, 64 bits. Source: draft-eastlake-fnv, section 2.
std::uint64_t checksum(std::string_view data) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : data) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

std::string checksum_bytes(std::string_view data) {
  const std::uint64_t sum = checksum(data);
  std::string bytes(sizeof sum, '\0');
  std::memcpy(bytes.data(), &sum, sizeof sum);
  return bytes;
}

/// The header that begins a driver's data, VkPipelineCacheHeaderVersionOne of the Vulkan specification.
bool is_of_device(std::string_view data, const VkPhysicalDeviceProperties& device) {
  VkPipelineCacheHeaderVersionOne header{};
  if (data.size() < sizeof header) return false;
  std::memcpy(&header, data.data(), sizeof header);
  return header.headerVersion == VK_PIPELINE_CACHE_HEADER_VERSION_ONE && header.vendorID == device.vendorID &&
         header.deviceID == device.deviceID &&
         std::memcmp(header.pipelineCacheUUID, device.pipelineCacheUUID, VK_UUID_SIZE) == 0;
}

}  // namespace

std::filesystem::path pipeline_cache_path(const std::filesystem::path& folder, const Device& device) {
  const VkPhysicalDeviceProperties& properties = device.properties();
  std::string uuid;
  for (const std::uint8_t byte : properties.pipelineCacheUUID) uuid += fmt::format("{:02x}", byte);
  return folder / fmt::format("vulkan-{:x}-{:x}-{}.pipelines", properties.vendorID, properties.deviceID, uuid);
}

std::string read_pipeline_cache(const std::filesystem::path& file, const Device& device) {
  std::string content;
  try {
    content = read_file(file, kPipelineCacheBytesMax);
  } catch (const Error&) {
    return {};
  }
  const std::size_t begin = kMagic.size() + sizeof(std::uint64_t);
  if (content.size() < begin || !content.starts_with(kMagic)) return {};
  const std::string_view data = std::string_view(content).substr(begin);
  if (content.substr(kMagic.size(), sizeof(std::uint64_t)) != checksum_bytes(data)) return {};
  return is_of_device(data, device.properties()) ? std::string(data) : std::string();
}

void write_pipeline_cache(const std::filesystem::path& file, std::string_view data) {
  if (data.size() > kPipelineCacheBytesMax / 2) return;
  try {
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    write_file_atomically(file, std::string(kMagic) + checksum_bytes(data) + std::string(data));
  } catch (const Error&) {
    return;  // the next start compiles again
  }
}

}  // namespace rbee::engine::vulkan
