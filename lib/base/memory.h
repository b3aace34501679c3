#pragma once
// What the operating system says of memory. Linux reads /proc; macOS asks the kernel.

#include <cstdint>

namespace rbee {

struct ProcessMemory {
  std::uint64_t resident_bytes;       ///< now
  std::uint64_t resident_peak_bytes;  ///< since the process started
};

/// This process's memory; zeros where the system does not tell.
ProcessMemory process_memory();

/// Memory that could be used now without swapping: the machine's, or the cgroup's limit where that is lower.
/// 0 where the system does not tell.
std::uint64_t available_memory_bytes();

}  // namespace rbee
