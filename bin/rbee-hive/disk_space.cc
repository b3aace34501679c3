#include "disk_space.h"

#include <system_error>

namespace rbee::hive {

DiskSpace disk_space(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::path existing = folder;
  while (!std::filesystem::exists(existing, error) && existing.has_relative_path()) existing = existing.parent_path();
  const std::filesystem::space_info space = std::filesystem::space(existing, error);
  if (error) return {existing, 0, 0};
  return {existing, space.available, space.capacity};
}

}  // namespace rbee::hive
