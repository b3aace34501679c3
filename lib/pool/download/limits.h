#pragma once
// What a hub may send, and how long a download waits for it.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace rbee::pool::download {

constexpr std::size_t kUrlBytesMax = 16_KiB;  // signed addresses run to a few KiB
constexpr std::size_t kRepoPathBytesMax = 1024;
constexpr std::size_t kNamePartBytesMax = 255;  // NAME_MAX
constexpr std::size_t kRevisionBytesMax = 255;
constexpr std::size_t kTokenBytesMax = 1024;

constexpr std::uint64_t kInfoBytesMax = 16_MiB;  // a model's description lists its files
constexpr std::uint64_t kTreePageBytesMax = 16_MiB;
constexpr std::size_t kTreePagesMax = 100;
constexpr std::size_t kTreeEntriesMax = 50'000;
constexpr std::uint64_t kRefusalBytesMax = 1_MiB;  // bodies of redirects and errors are read and dropped
constexpr std::uint64_t kStateBytesMax = 64_KiB;
constexpr std::size_t kSelectedFilesMax = 5'000;

constexpr int kRedirectsMax = 5;
constexpr int kMetadataAttempts = 4;
constexpr int kFileAttempts = 8;     // without one byte more than ever before
constexpr int kContentAttempts = 2;  // whole files whose digest is wrong
constexpr std::chrono::milliseconds kRetryBase{500}, kRetryCap{30'000};
constexpr std::chrono::seconds kAskedWaitMax{900};  // what a hub may ask for with Retry-After: its windows are 300 s

constexpr unsigned kJobsDefault = 4, kJobsMax = 16;
constexpr std::uint64_t kCheckpointBytes = 64_MiB;  // written between two fsync
constexpr std::uint64_t kSpaceReserve = 16_MiB;     // left free beside the files
constexpr std::size_t kReadBytes = 1_MiB;
constexpr std::chrono::milliseconds kWatchInterval{100};

static_assert(kRetryBase < kRetryCap && kRetryCap < kAskedWaitMax);
static_assert(kNamePartBytesMax <= kRepoPathBytesMax);

}  // namespace rbee::pool::download
