#pragma once
// The disk under a folder.

#include <cstdint>
#include <filesystem>

namespace rbee::hive {

struct DiskSpace {
  std::filesystem::path folder;  ///< the asked one, or its nearest parent that exists
  std::uint64_t free_bytes = 0, total_bytes = 0;
};

/// Zeros where the system does not tell.
DiskSpace disk_space(const std::filesystem::path& folder);

}  // namespace rbee::hive
