#include "base/memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

#ifdef __APPLE__
#include <mach/mach.h>
#include <sys/resource.h>
#endif

namespace rbee {
namespace {

#ifndef __APPLE__
// The number of kB after `key` in a /proc file of "key: N kB" lines, as bytes; 0 when absent.
std::uint64_t proc_field_bytes(const char* path, const std::string& key) {
  std::ifstream in(path);
  std::string line;
  while (std::getline(in, line)) {
    if (line.compare(0, key.size(), key) == 0) return std::strtoull(line.c_str() + key.size(), nullptr, 10) * 1024;
  }
  return 0;
}

std::uint64_t read_number(const char* path, std::uint64_t fallback) {
  std::ifstream in(path);
  std::uint64_t value = 0;
  return in >> value ? value : fallback;  // "max" does not parse: no limit
}
#endif

}  // namespace

#ifdef __APPLE__

ProcessMemory process_memory() {
  mach_task_basic_info info{};
  mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
  if (task_info(mach_task_self(), MACH_TASK_BASIC_INFO, reinterpret_cast<task_info_t>(&info), &count) != KERN_SUCCESS) {
    return {};
  }
  return {info.resident_size, info.resident_size_max};
}

std::uint64_t available_memory_bytes() {
  vm_statistics64_data_t stats{};
  mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
  if (host_statistics64(mach_host_self(), HOST_VM_INFO64, reinterpret_cast<host_info64_t>(&stats), &count) !=
      KERN_SUCCESS) {
    return 0;
  }
  return (stats.free_count + stats.inactive_count) * static_cast<std::uint64_t>(vm_kernel_page_size);
}

#else

ProcessMemory process_memory() {
  return {proc_field_bytes("/proc/self/status", "VmRSS:"), proc_field_bytes("/proc/self/status", "VmHWM:")};
}

std::uint64_t available_memory_bytes() {
  constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t machine = proc_field_bytes("/proc/meminfo", "MemAvailable:");
  const std::uint64_t limit = read_number("/sys/fs/cgroup/memory.max", kNoLimit);
  const std::uint64_t used = read_number("/sys/fs/cgroup/memory.current", 0);
  if (limit == kNoLimit) return machine;
  const std::uint64_t cgroup = limit > used ? limit - used : 0;
  return machine == 0 ? cgroup : std::min(machine, cgroup);
}

#endif

}  // namespace rbee
