#pragma once
// What bounds the vulkan backend, whatever the device or the model says.

#include <chrono>
#include <cstdint>

#include "base/units.h"

namespace rbee::engine::vulkan {

constexpr std::uint32_t kDevicesMax = 64;
constexpr std::uint32_t kHeadDimMax = 512;                 ///< as in attention.comp
constexpr std::uint32_t kSplitPositions = 512;             ///< as in softmax_parts.glsl
constexpr std::uint32_t kSplitsMax = 256;                  ///< of a sequence, attended to side by side
constexpr std::uint32_t kSplitTokensMax = 4;               ///< more tokens than these fill a device by themselves
constexpr std::uint32_t kRopeTablesMax = 8;                ///< entries of the step header
constexpr std::uint64_t kWeightBufferBytesMax = 256_MiB;   ///< weights lie in buffers of at most this size
constexpr std::uint64_t kStagingBytes = 16_MiB;            ///< of one of the two staging buffers
constexpr std::uint32_t kPackingThreadsMax = 4;            ///< that fill a staging buffer
constexpr std::uint64_t kPackedByOneThread = 2_MiB;        ///< less is not worth another thread
constexpr std::uint64_t kBlockTableEntriesMax = 4U << 20;  ///< of one step, unless one sequence needs more
constexpr std::uint64_t kPipelineCacheBytesMax = 64_MiB;
constexpr std::uint32_t kRecordingsMax = 64;         ///< recorded shape classes of a plan
constexpr std::chrono::seconds kDeviceTimeout{600};  ///< for one step or one upload

}  // namespace rbee::engine::vulkan
