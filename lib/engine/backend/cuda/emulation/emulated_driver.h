#pragma once
// A stand-in for the NVIDIA driver, for tests: the library rbee_emulated_cuda has the driver's functions and runs the
// kernels' own source on the host (simt.h). A program loads it where LD_LIBRARY_PATH leads to it as libcuda.so.1; then
// the numbers below come from the file beside it (engine/testing/stand_in_settings.h), with `devices` as their
// count and memory_bytes and capability for all of them.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backend/cuda/emulation/simt.h"

namespace rbee::engine::cuda {

/// What tests decide, and what they may count. Read and written between calls of the driver.
struct EmulatedDriver {
  struct Device {
    std::string name = "emulated device";
    std::uint64_t memory_bytes = std::uint64_t{1} << 30;
    int capability = 90;
    int pci_bus = 0;
  };
  std::vector<Device> devices{Device{}};
  int version = 13000;
  simt::TurnOrder turns = simt::TurnOrder::kForward;
  int init_error = 0;   ///< what cuInit returns
  int image_error = 0;  ///< what cuModuleLoadData returns
  /// The kernel launch that fails, counted from 1 from now on, with what; every later call fails likewise. 0: none.
  std::uint32_t failing_launch = 0;
  int launch_error = 719;
  bool is_lost = false;
  /// Copies to the device are done when something is asked that must come after them: a device slower than any host.
  bool holds_copies = false;

  std::uint64_t used_bytes = 0;  ///< of device memory
  std::uint32_t objects = 0;     ///< contexts, modules, streams, events, graphs, allocations that are alive
  std::uint32_t held_copies = 0, held_copies_max = 0;
  std::uint32_t launches = 0, captures = 0, graph_launches = 0;
};

/// The library's function that returns the driver's only EmulatedDriver.
constexpr const char* kEmulatedDriverFunction = "rbee_emulated_driver";
using EmulatedDriverFunction = EmulatedDriver*();

}  // namespace rbee::engine::cuda
