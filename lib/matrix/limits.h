#pragma once
// Every threshold of a verdict, and the bounds on what is read.

#include <cstddef>
#include <cstdint>

#include "base/units.h"

namespace rbee::matrix {

// --- verdicts ---

/// Worst-position NMSE of centred logits. The `cpu` backend against `reference` on the same weights stays below 2e-4 on
/// the demo models and on every fixture of tests/data (16-bit, Q4 to Q8; 1e-10 in float32). Rotation frequencies that
/// were rounded to bfloat16 alone give 1.1e-2; a wrong rotation, mask or weight gives 0.1 and more.
constexpr double kLogitNmsePassMax = 1e-3;
constexpr double kLogitNmseToleratedMax = 3e-2;
/// A top-1 candidate that differs where the reference's two best are this close, in nats, is a near-tie.
constexpr double kNearTieNats = 0.05;
/// Peak memory may exceed the estimate by this much before it is no drift any more: a quarter and 256 MiB.
constexpr double kMemoryToleratedFactor = 1.25;
constexpr std::uint64_t kMemoryToleratedBytes = 256_MiB;
/// Growth per request whose lower confidence bound is above this is a leak.
constexpr double kLeakBytesPerRequest = 64.0 * 1024;
/// Requests whose memory is measured at least, for a slope to mean something.
constexpr std::size_t kSlopeSamplesMin = 10;
/// A cancelled request must have freed its sequence within this many seconds. A worker notices between two tokens; the
/// bound is for machines under load.
constexpr double kCancelSecondsMax = 10.0;

static_assert(kLogitNmsePassMax < kLogitNmseToleratedMax);

// --- work of the reference backend ---

/// Multiplications (parameters times positions) that scoring on `reference` may cost: 5 to 10 minutes for 7B at 0.4 to
/// 1 GMAC/s (one thread).
constexpr double kReferenceWorkMax = 1.5e11;
constexpr std::size_t kReferencePositionsMax = 160;
constexpr std::size_t kReferencePositionsMin = 12;

// --- documents ---

constexpr std::uint64_t kResultsBytesMax = 64_MiB;
constexpr std::size_t kCellsMax = 100'000;
constexpr std::size_t kPoolsMax = 10'000;
constexpr std::size_t kBackendsMax = 64;
constexpr std::size_t kFiguresMax = 64;
constexpr std::size_t kChecksMax = 64;
constexpr std::size_t kLogLinesMax = 100;
constexpr std::size_t kTextBytesMax = 4096;   ///< one name, reason or line of a log
constexpr std::size_t kReasonBytesMax = 300;  ///< what a table or page shows of a reason

}  // namespace rbee::matrix
