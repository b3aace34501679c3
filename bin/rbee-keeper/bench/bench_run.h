#pragma once
// The measuring itself: a worker of the bench's own on a pool.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "bench/bench_result.h"
#include "pool_session.h"

namespace rbee::keeper {

/// What to measure. Exactly one of `model` and `shape` is given.
struct BenchPlan {
  std::string model;         ///< an id of the pool's catalog, or a path on the pool: with a '/', or ending in .gguf
  std::string shape;         ///< a known model's shape with random weights, which take no room on disk
  std::uint32_t layers = 0;  ///< of the shape; 0: as many as the real model has
  std::string backend = "cpu", cpu_isa, api_key;
  std::string weights;        ///< what the worker quantizes them to on load; empty: as the files have them
  std::string kv;             ///< type of the KV cache; empty: the worker's choice
  std::uint32_t threads = 0;  ///< 0: the worker's choice
  std::uint32_t prompt = 512, generate = 128, rounds = 3;
  std::vector<std::uint32_t> depths, streams;  ///< further ones: generation after so many tokens; so many at once
  std::uint32_t draft_max = 0;                 ///< speculation; 0: off, so that every token costs a step
  bool peaks = true;
  std::uint32_t peaks_mib = 1024;  ///< memory that is read for them
};

/// What the measuring stands on. Everything outlives the call.
struct BenchWorld {
  const Clock& clock;
  const std::atomic<bool>& stop;                      ///< set: ends soon with Error{kCancelled}
  const std::function<void(std::string_view)>& says;  ///< what begins
};

/// The machine's peaks while nothing of the bench's runs; between, start, speeds and memory. Worker and temporary
/// models are gone when it returns or throws. Throws Error as PoolClient and WorkerClient do.
BenchResult run_bench(PoolSession& session, const BenchPlan& plan, const BenchWorld& world);

}  // namespace rbee::keeper
