#pragma once
// The machine's own limits: how fast it reads memory and multiplies.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/units.h"
#include "peaks/arithmetic_kernels.h"

namespace rbee::peaks {

constexpr std::uint32_t kThreadsMax = 1024;
constexpr std::uint64_t kBufferBytesMin = 1_MiB;

struct PeakOptions {
  std::uint32_t threads = 1;             ///< at most kThreadsMax
  std::uint64_t buffer_bytes = 1_GiB;    ///< read from; beyond every cache, or it is the cache that is measured
  std::chrono::milliseconds slice{100};  ///< time of one measurement
  std::uint32_t rounds = 3;              ///< of each; the best counts
};

/// The best of all rounds; all threads together. In units of 10^9 a second.
struct ReadRate {
  std::string pattern;  ///< "one stream, huge pages"
  double gb_s = 0;
};
struct ArithmeticRate {
  std::string name;
  Arithmetic kind = Arithmetic::kFloat;
  double gops = 0;
};

struct Peaks {
  std::uint32_t threads = 0;
  std::vector<ReadRate> reads;
  std::vector<ArithmeticRate> arithmetic;

  double read_gb_s() const;            ///< of the best pattern
  double gops(Arithmetic kind) const;  ///< of the best kernel; 0 when the processor has none
};

/// Takes about slice * rounds * 11, and the time to write the buffers once. Throws Error: kBadRequest (an option out of
/// range), kExhausted (no memory).
Peaks measure_peaks(const PeakOptions& options, const Clock& clock);

}  // namespace rbee::peaks
