#pragma once
// What tests and dead workers leave behind.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace rbee::pool {

struct CleanReport {
  std::vector<std::filesystem::path> removed;
  std::uint64_t bytes = 0;
};

/// Removes the logs of workers that do not run: those of test workers, of dead records, and of no record at all.
/// Records, models, the catalog and the logs of live workers stay. `workers` is the folder of records and logs. Throws
/// Error{kIo}.
CleanReport clean_runtime(const std::filesystem::path& workers);

}  // namespace rbee::pool
