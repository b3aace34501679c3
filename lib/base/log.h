#pragma once
// One log line per event on stderr: time, level, message. Control characters in messages are escaped.

#include <string_view>

#include <fmt/format.h>

namespace rbee {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Writes one line; newlines and control characters are escaped. Any thread.
void log_line(LogLevel level, std::string_view message);
/// Lines below `level` are dropped. Call before threads start.
void set_log_level(LogLevel level);

template <typename... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace rbee
