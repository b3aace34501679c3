#pragma once
// What the pool's record files may hold.

#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace rbee::wire {

constexpr std::uint64_t kCatalogBytesMax = 64_MiB;
constexpr std::uint64_t kWorkerRecordBytesMax = 64_KiB;
constexpr std::size_t kCatalogModelsMax = 10'000;
constexpr std::size_t kModelFilesMax = 10'000;
constexpr std::size_t kModelBackendsMax = 64;
constexpr std::size_t kRecordTextBytesMax = 4096;  // names, paths, ids: PATH_MAX

// A model with the most files that hubs hold (hundreds) stays far below; the bound is on hostile files.
static_assert(kModelFilesMax * 128 < kCatalogBytesMax);

}  // namespace rbee::wire
