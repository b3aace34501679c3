#pragma once
// Dates in templates.

#include <chrono>
#include <cstddef>
#include <string>

namespace rbee::engine::jinja {

constexpr std::size_t kStrftimeFormatMax = 256;

/// Python's datetime.strftime of `now` in the local time zone; %f is microseconds. `format` has at most
/// kStrftimeFormatMax bytes.
std::string format_time(std::chrono::system_clock::time_point now, const std::string& format);

}  // namespace rbee::engine::jinja
