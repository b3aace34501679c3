#include "engine/chat/strftime.h"

#include <ctime>
#include <vector>

#include <fmt/format.h>

namespace rbee::engine::jinja {
namespace {

// What Python expands itself: %f, and the zone of a time that has none.
std::string expand_fields(const std::string& format, std::int64_t microseconds) {
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char next = i + 1 < format.size() ? format[i + 1] : '\0';
    if (format[i] != '%' || next == '\0') {
      out.push_back(format[i]);
      continue;
    }
    ++i;
    if (next == 'f') {
      out += fmt::format("{:06}", microseconds);
    } else if (next != 'z' && next != 'Z') {
      out.push_back('%');
      out.push_back(next);
    }
  }
  return out;
}

}  // namespace

std::string format_time(std::chrono::system_clock::time_point now, const std::string& format) {
  if (format.empty()) return {};
  const auto since_epoch = std::chrono::floor<std::chrono::microseconds>(now.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const std::time_t time = seconds.count();
  std::tm parts{};
  localtime_r(&time, &parts);
  // A final mark keeps an empty result apart from one that did not fit.
  const std::string expanded = expand_fields(format, (since_epoch - seconds).count()) + ".";
  std::vector<char> buffer(64 * expanded.size() + 64);  // the longest conversion, %c, is shorter than 64
  const std::size_t size = std::strftime(buffer.data(), buffer.size(), expanded.c_str(), &parts);
  return std::string(buffer.data(), size == 0 ? 0 : size - 1);
}

}  // namespace rbee::engine::jinja
