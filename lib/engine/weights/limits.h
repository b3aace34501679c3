#pragma once
// Bounds of quantizing on load.

#include <chrono>
#include <cstdint>

#include "base/units.h"

namespace rbee::engine {

constexpr std::uint64_t kWeightPieceBytes = 1_MiB;  ///< of quantized rows that a thread makes, checks or writes at once
constexpr std::uint64_t kCacheAlignment = 64;       ///< of each tensor in the cache: a line of the processor's caches
constexpr std::uint64_t kCacheBytesMax = 4096_GiB;  ///< of a model's quantized weights, whose pieces lie in memory

/// How much of each source file counts towards its identity: its beginning, and samples over all of its length.
constexpr std::uint64_t kIdentityHeadBytes = 64_KiB, kIdentitySampleBytes = 4_KiB;
constexpr std::uint64_t kIdentitySamples = 32;

/// How long a worker waits for another one that quantizes the same model.
constexpr std::chrono::seconds kCacheWaitMax{240};
constexpr std::chrono::milliseconds kCacheWaitStep{500};  ///< between two reports

}  // namespace rbee::engine
