#include "peaks/peaks.h"

#include <numeric>

#include <gtest/gtest.h>

#include "base/error.h"
#include "peaks/peak_buffer.h"
#include "peaks/read_patterns.h"

namespace rbee::peaks {
namespace {

TEST(Peaks, every_read_pattern_reads_every_word_once) {
  for (const Pages pages : {Pages::kOrdinary, Pages::kHuge}) {
    const PeakBuffer buffer(3 * kReadWords * sizeof(std::uint64_t), pages);
    ASSERT_EQ(buffer.words().size(), 3 * kReadWords);
    std::iota(buffer.words().begin(), buffer.words().end(), 1);
    const std::uint64_t n = buffer.words().size();
    for (const ReadPattern& pattern : read_patterns())
      EXPECT_EQ(pattern.read(buffer.words()), n * (n + 1) / 2) << pattern.name;
  }
}

TEST(Peaks, every_kernel_runs_and_depends_on_its_input) {
  bool has_float = false;
  for (const ArithmeticKernel& kernel : arithmetic_kernels()) {
    has_float = has_float || kernel.kind == Arithmetic::kFloat;
    EXPECT_NE(kernel.run(100), kernel.run(1001)) << kernel.name;
  }
  EXPECT_TRUE(has_float);
}

TEST(Peaks, a_measurement_names_all_it_did_and_the_best_of_each) {
  const SystemClock clock{};
  const Peaks peaks =
      measure_peaks({.threads = 2, .buffer_bytes = 2_MiB, .slice = std::chrono::milliseconds(1), .rounds = 1}, clock);
  EXPECT_EQ(peaks.threads, 2U);
  ASSERT_EQ(peaks.reads.size(), 2 * read_patterns().size());
  for (const ReadRate& rate : peaks.reads) {
    EXPECT_GT(rate.gb_s, 0) << rate.pattern;
    EXPECT_LE(rate.gb_s, peaks.read_gb_s());
  }
  ASSERT_EQ(peaks.arithmetic.size(), arithmetic_kernels().size());
  for (const ArithmeticRate& rate : peaks.arithmetic) {
    EXPECT_GT(rate.gops, 0) << rate.name;
    EXPECT_LE(rate.gops, peaks.gops(rate.kind));
  }
}

TEST(Peaks, options_out_of_range_are_refused) {
  const SystemClock clock{};
  EXPECT_THROW(measure_peaks({.threads = 0}, clock), Error);
  EXPECT_THROW(measure_peaks({.threads = 2000}, clock), Error);
  EXPECT_THROW(measure_peaks({.threads = 1, .buffer_bytes = 1000}, clock), Error);
}

}  // namespace
}  // namespace rbee::peaks
