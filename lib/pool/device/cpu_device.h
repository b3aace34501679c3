#pragma once
// The processor and memory of this machine.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::pool {

struct CpuDevice {
  std::string model;                  ///< "AMD EPYC 7B13"; the architecture's name where the system does not tell
  std::vector<std::string> features;  ///< of those that matter for inference: "avx2", "avx512f", "neon", …
  std::uint32_t logical_cores = 0;    ///< of the machine
  std::uint32_t usable_cores = 0;     ///< by affinity and cgroup quota
  std::uint64_t memory_bytes = 0, memory_available_bytes = 0;
};

/// Reads the operating system. Never throws: what it cannot learn stays empty or 0.
CpuDevice probe_cpu();

/// The processor's name and features from the text of Linux's /proc/cpuinfo. Pure.
CpuDevice parse_cpuinfo(std::string_view text);

}  // namespace rbee::pool
