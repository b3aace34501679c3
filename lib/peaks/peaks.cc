#include "peaks/peaks.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <functional>
#include <thread>

#include "base/error.h"
#include "peaks/peak_buffer.h"
#include "peaks/read_patterns.h"

namespace rbee::peaks {
namespace {

constexpr std::uint64_t kArithmeticRounds = 20'000;  // between two looks at the clock

/// Does some work as thread `thread` and returns how much it was, in whatever unit.
using Work = std::function<double(std::uint32_t thread)>;

// All threads begin together and work until `slice` is over; work per second, each thread by its own clock.
double rate_of(const Work& work, const PeakOptions& options, const Clock& clock) {
  std::barrier start(static_cast<std::ptrdiff_t>(options.threads));
  std::vector<double> rates(options.threads);
  const auto run = [&](std::uint32_t thread) {
    start.arrive_and_wait();
    const SteadyTime begin = clock.now();
    double done = 0;
    SteadyTime now = begin;
    do {
      done += work(thread);
      now = clock.now();
    } while (now - begin < options.slice);
    rates[thread] = done / std::chrono::duration<double>(now - begin).count();
  };
  std::vector<std::thread> threads;
  for (std::uint32_t t = 1; t < options.threads; ++t) threads.emplace_back(run, t);
  run(0);
  for (std::thread& thread : threads) thread.join();
  double sum = 0;
  for (const double rate : rates) sum += rate;
  return sum;
}

double best_rate(const Work& work, const PeakOptions& options, const Clock& clock) {
  double best = 0;
  for (std::uint32_t round = 0; round < options.rounds; ++round) best = std::max(best, rate_of(work, options, clock));
  return best;
}

// Each thread writes, and later reads, a part of its own.
std::span<std::uint64_t> part_of(const PeakBuffer& buffer, std::uint32_t thread, std::uint32_t threads) {
  const std::size_t words = buffer.words().size() / threads / kReadWords * kReadWords;
  return buffer.words().subspan(thread * words, words);
}

void measure_reads(Pages pages, const PeakOptions& options, const Clock& clock, std::atomic<std::uint64_t>& sink,
                   std::vector<ReadRate>& rates) {
  const PeakBuffer buffer(options.buffer_bytes, pages);
  std::vector<std::thread> writers;
  for (std::uint32_t t = 0; t < options.threads; ++t) {
    writers.emplace_back([&, t] {
      const std::span<std::uint64_t> part = part_of(buffer, t, options.threads);
      std::fill(part.begin(), part.end(), t + 1);
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (const ReadPattern& pattern : read_patterns()) {
    const Work read = [&](std::uint32_t thread) {
      const std::span<const std::uint64_t> part = part_of(buffer, thread, options.threads);
      sink += pattern.read(part);
      return static_cast<double>(part.size_bytes());
    };
    rates.push_back({.pattern = std::string(pattern.name) + (pages == Pages::kHuge ? ", huge pages" : ""),
                     .gb_s = best_rate(read, options, clock) * 1e-9});
  }
}

}  // namespace

double Peaks::read_gb_s() const {
  double best = 0;
  for (const ReadRate& rate : reads) best = std::max(best, rate.gb_s);
  return best;
}

double Peaks::gops(Arithmetic kind) const {
  double best = 0;
  for (const ArithmeticRate& rate : arithmetic) {
    if (rate.kind == kind) best = std::max(best, rate.gops);
  }
  return best;
}

Peaks measure_peaks(const PeakOptions& options, const Clock& clock) {
  const std::uint64_t bytes_min = std::max(kBufferBytesMin, options.threads * kReadWords * sizeof(std::uint64_t));
  if (options.threads < 1 || options.threads > kThreadsMax || options.rounds < 1 || options.buffer_bytes < bytes_min) {
    fail(ErrorKind::kBadRequest, "peaks: {} threads, {} rounds, {} to read: from 1 to {} threads, 1 round and {} work",
         options.threads, options.rounds, human_bytes(options.buffer_bytes), kThreadsMax, human_bytes(bytes_min));
  }
  Peaks peaks{.threads = options.threads, .reads = {}, .arithmetic = {}};
  std::atomic<std::uint64_t> sink = 0;  // results go somewhere
  for (const Pages pages : {Pages::kOrdinary, Pages::kHuge}) measure_reads(pages, options, clock, sink, peaks.reads);
  for (const ArithmeticKernel& kernel : arithmetic_kernels()) {
    const Work multiply = [&](std::uint32_t) {
      sink += kernel.run(kArithmeticRounds);
      return kernel.operations * static_cast<double>(kArithmeticRounds);
    };
    peaks.arithmetic.push_back(
        {.name = std::string(kernel.name), .kind = kernel.kind, .gops = best_rate(multiply, options, clock) * 1e-9});
  }
  return peaks;
}

}  // namespace rbee::peaks
