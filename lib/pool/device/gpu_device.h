#pragma once
// The GPUs of this machine, asked through the vendors' libraries where they are installed.

#include <cstdint>
#include <string>
#include <vector>

namespace rbee::pool {

struct GpuDevice {
  std::uint32_t index = 0;  ///< what --gpu takes
  std::string name;
  std::string kind;    ///< "discrete", "integrated", "virtual", "cpu" (a software driver)
  std::string driver;  ///< its version
  std::uint64_t memory_bytes = 0;
  std::uint64_t memory_free_bytes = 0;  ///< 0: not known
};

/// The devices of one backend, or why there are none.
struct GpuProbe {
  std::vector<GpuDevice> devices;
  std::string reason;  ///< empty when there is at least one device
};

/// NVIDIA GPUs through the management library of the driver (libnvidia-ml.so.1). Never throws.
GpuProbe probe_cuda();

/// Vulkan devices through the loader (libvulkan.so.1). Never throws.
GpuProbe probe_vulkan();

}  // namespace rbee::pool
