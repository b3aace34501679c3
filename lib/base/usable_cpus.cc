#include "base/usable_cpus.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace rbee {
namespace {

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> cpus_of(std::optional<std::int64_t> quota, std::optional<std::int64_t> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  const std::int64_t cpus = (*quota - 1) / *period + 1;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(cpus, 1, 1 << 16));
}

std::optional<std::string> first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

#if defined(__linux__)
std::uint32_t affinity_cpus() {
  // The kernel refuses a mask smaller than its own; 65536 CPUs is beyond any.
  for (int cpus = 1024; cpus <= 65536; cpus *= 2) {
    cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(cpus));
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpus));
    CPU_ZERO_S(bytes, set);
    const bool known = sched_getaffinity(0, bytes, set) == 0;
    const int count = known ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (known) return static_cast<std::uint32_t>(std::max(count, 1));
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

std::optional<std::uint32_t> least(std::optional<std::uint32_t> a, std::optional<std::uint32_t> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::optional<std::uint32_t> v1_cpus(const std::string& folder) {
  const auto quota = first_line(folder + "/cpu.cfs_quota_us");
  const auto period = first_line(folder + "/cpu.cfs_period_us");
  if (!quota || !period) return std::nullopt;
  return cpus_of(parse_number(*quota), parse_number(*period));
}

/// The smallest quota from the process's cgroup up to the root. Inside a container the path in /proc/self/cgroup may
/// not exist below the mount; its parents then are, up to the mount itself.
std::optional<std::uint32_t> cgroup_cpus() {
  std::optional<std::uint32_t> cpus;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "id:controllers:path"
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool v2 = controllers.empty();
    if (!v2 && controllers.find("cpu") == std::string::npos) continue;
    for (std::string path = line.substr(second + 1);;) {
      if (path == "/") path.clear();
      if (v2) {
        const auto quota = first_line("/sys/fs/cgroup" + path + "/cpu.max");
        if (quota) cpus = least(cpus, cpus_of_quota(*quota));
      } else {
        cpus = least(cpus, v1_cpus("/sys/fs/cgroup/cpu" + path));
      }
      if (path.empty()) break;
      path.erase(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
    }
  }
  return cpus;
}
#endif

}  // namespace

std::optional<std::uint32_t> cpus_of_quota(std::string_view cpu_max) {
  const std::size_t space = cpu_max.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::string_view period = cpu_max.substr(space + 1);
  while (!period.empty() && (period.back() == '\n' || period.back() == ' ')) period.remove_suffix(1);
  return cpus_of(parse_number(cpu_max.substr(0, space)), parse_number(period));
}

std::uint32_t usable_cpus() {
#if defined(__linux__)
  const std::uint32_t affinity = affinity_cpus();
  return std::max(1U, std::min(affinity, cgroup_cpus().value_or(affinity)));
#else
  return std::max(1U, std::thread::hardware_concurrency());
#endif
}

}  // namespace rbee
