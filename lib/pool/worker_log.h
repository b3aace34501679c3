#pragma once
// A worker's log file: its end, and what is added.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::pool {

/// The last `lines_max` lines, oldest first, of at most the last kLogTailBytesMax bytes; none when there is no file.
std::vector<std::string> last_log_lines(const std::filesystem::path& log, std::size_t lines_max);

/// Hands what is added to the log from byte `offset` on to `sink`, until `goes_on` says false and all is read. A log
/// that became shorter (a new worker of the same id) is read from its start.
void follow_log(const std::filesystem::path& log, std::uint64_t offset, std::chrono::milliseconds poll,
                const std::function<bool()>& goes_on, const std::function<void(std::string_view)>& sink);

}  // namespace rbee::pool
