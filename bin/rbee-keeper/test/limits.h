#pragma once
// How long the multi-model test waits and how much it asks.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace rbee::keeper {

constexpr std::chrono::seconds kHiveQuick{120};      // questions that a hive answers from its files
constexpr std::chrono::seconds kHiveStop{120};       // its own deadlines: 30 s to finish, 10 s to be killed
constexpr std::chrono::seconds kHiveLoad{6 * 3600};  // a load ends by the hive's own rule: no progress for minutes
constexpr std::chrono::seconds kHiveDownload{24 * 3600};
constexpr std::chrono::seconds kWorkerAnswer{2 * 3600};  // one request; `reference` is slow
constexpr std::chrono::seconds kWorkerStatus{30};
constexpr std::chrono::seconds kSequenceFree{60};  // until a cancelled request is called stuck
constexpr std::chrono::milliseconds kPoll{20};

constexpr std::uint64_t kAnswerBytesMax = 64_MiB;
constexpr std::uint64_t kExpectedBytesMax = 64_MiB;
constexpr std::size_t kLogLines = 12;       // of a worker that failed
constexpr std::size_t kRunsLookedAt = 200;  // earlier runs searched for one to compare with

constexpr std::uint32_t kAnswerTokens = 48;
constexpr std::uint32_t kRepeatTokens = 16;
constexpr std::uint32_t kSpeedTokens = 32;
constexpr std::uint32_t kSlopeTokens = 4;
constexpr std::size_t kSlopeRequests = 50;
constexpr std::uint32_t kTopCandidates = 20;     // what /v1/completions gives
constexpr std::size_t kExpectedCandidates = 16;  // of expected.json's logits
constexpr std::size_t kExpectedCases = 8;
constexpr int kCancelAttempts = 3;  // a short answer can end before it is cancelled

}  // namespace rbee::keeper
