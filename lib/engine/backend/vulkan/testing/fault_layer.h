#pragma once
// A Vulkan layer for tests, rbee_fault_layer: between the loader and a real driver it makes go wrong what a healthy
// device never does. It is asked for by VK_LAYER_PATH and VK_INSTANCE_LAYERS=VK_LAYER_RBEE_fault.

#include <cstdint>

namespace rbee::engine::vulkan {

/// What tests decide, and what they may count. Read and written between calls of Vulkan. In other processes the members
/// up to `holds_submissions` come from the file beside the layer (engine/testing/stand_in_settings.h).
struct FaultLayer {
  /// The submission that loses the device, counted from 1 from now on; every later call says so too. 0: none.
  std::uint64_t failing_submission = 0;
  std::uint64_t failing_pipeline = 0;      ///< the pipeline that the driver does not compile, likewise
  std::uint64_t heap_bytes = 0;            ///< what every heap is said to have; 0: what it has
  std::uint64_t budget_bytes = 0;          ///< what VK_EXT_memory_budget says is left; 0: the driver is asked
  std::uint64_t allocation_bytes_max = 0;  ///< what can be allocated in all; 0: what the driver gives
  std::uint64_t vulkan_minor = 0;          ///< the device is said to be of version 1.<this - 1>; 0: what it is
  /// Submissions wait until the host waits for one of them: a device that is slower than any host.
  std::uint64_t holds_submissions = 0;

  bool is_lost = false;
  std::uint64_t instances = 0;
  std::uint64_t allocated_bytes = 0, allocations = 0;     ///< of device memory that is alive
  std::uint64_t submissions = 0, held = 0, held_max = 0;  ///< held: that wait
};

constexpr const char* kFaultLayerFunction = "rbee_fault_layer";
using FaultLayerFunction = FaultLayer*();

}  // namespace rbee::engine::vulkan
