#pragma once
// What the pool accepts and how long it waits.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace rbee::pool {

constexpr std::size_t kIdBytesMax = 128;  // models and workers; part of file names
constexpr std::uint64_t kConfigBytesMax = 1_MiB;
constexpr std::size_t kFolderFilesMax = 10'000;  // files of one model
constexpr std::size_t kFolderDepthMax = 8;
constexpr std::size_t kWorkerRecordsMax = 4096;

constexpr std::chrono::seconds kLockWait{30};
constexpr int kUpdateAttemptsMax = 5;  // a catalog that changes under its lock is read again this often

constexpr std::uint16_t kFirstPort = 8000;
constexpr std::uint32_t kGpuMax = 255;
constexpr std::uint16_t kPortsTriedMax = 1000;
constexpr int kPortChoicesMax = 5;     // that others may take before the worker listens
constexpr int kPortLostPollsMax = 20;  // until a worker that cannot listen has ended

constexpr std::chrono::milliseconds kReadyPoll{100};
constexpr std::chrono::seconds kLoadStall{300};  // without a byte more: a load is given up
constexpr std::chrono::seconds kStopDeadline{30};
constexpr std::chrono::seconds kKillDeadline{10};
constexpr std::chrono::seconds kPortFreeDeadline{5};
constexpr std::size_t kFailureLogLines = 20;
constexpr std::size_t kEndLogLines = 20;  // of a dead worker, that may say why
constexpr std::size_t kEndReasonBytesMax = 1000;
constexpr std::uint64_t kLogTailBytesMax = 1_MiB;

/// What a worker needs beside weights and KV cache: the bound that its own tests hold it to.
constexpr std::uint64_t kWorkerOverheadBytes = 200'000'000;
/// A worker without --context shrinks its context to what fits, but not below this.
constexpr std::uint32_t kContextMin = 2048;

static_assert(kIdBytesMax + sizeof(".json.XXXXXX") < 255, "an id with its endings is a file name");
static_assert(kFirstPort + kGpuMax < 65536);

}  // namespace rbee::pool
