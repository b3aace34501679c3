#pragma once
// What bounds the cuda backend, whatever the device or the model says.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace rbee::engine::cuda {

constexpr int kDevicesMax = 256;
constexpr std::size_t kDeviceProcessesMax = 4096;          ///< that share a device
constexpr int kComputeCapabilityMin = 80;                  ///< 8.0, as the kernels are compiled for
constexpr std::uint32_t kSplitsMax = 256;                  ///< of a sequence, attended to side by side
constexpr std::uint32_t kSplitTokensMax = 16;              ///< more tokens than these fill a device by themselves
constexpr std::uint32_t kRopeTablesMax = 32;               ///< bits of a word of the step
constexpr std::uint32_t kStepRowsMax = 65535;              ///< of a grid's second dimension
constexpr std::uint64_t kMemoryAlignment = 256;            ///< of what shares an allocation
constexpr std::uint64_t kStagingBytes = 16_MiB;            ///< of one of the two staging buffers
constexpr std::uint32_t kPackingThreadsMax = 4;            ///< that fill a staging buffer
constexpr std::uint64_t kPackedByOneThread = 2_MiB;        ///< less is not worth another thread
constexpr std::uint64_t kBlockTableEntriesMax = 4U << 20;  ///< of one step, unless one sequence needs more
constexpr std::uint32_t kGraphTokensMax = 64;              ///< larger steps gain nothing from a graph
constexpr std::uint32_t kGraphsMax = 64;                   ///< of a plan, by the shape of a step
constexpr std::chrono::seconds kDeviceTimeout{600};        ///< for one step or one upload

}  // namespace rbee::engine::cuda
