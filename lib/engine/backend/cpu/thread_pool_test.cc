#include "engine/backend/cpu/thread_pool.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace rbee::engine::cpu {
namespace {

TEST(ThreadPool, every_piece_of_many_jobs_is_done_once_and_its_writes_are_seen) {
  for (const std::uint32_t threads : {1U, 2U, 3U, 8U}) {
    ThreadPool pool(threads);
    std::vector<std::uint64_t> counts(2 * threads, 0);  // plain memory: the pool orders the accesses
    for (std::uint64_t round = 1; round <= 2000; ++round) {
      pool.deal(counts.size(), [&](std::size_t piece, std::uint32_t) { ++counts[piece]; });
      for (const std::uint64_t count : counts) ASSERT_EQ(count, round);
    }
  }
}

TEST(ThreadPool, work_that_sleeps_is_waited_for) {
  ThreadPool pool(3);
  std::atomic<int> done{0};
  for (int round = 0; round < 5; ++round) {
    pool.deal(6, [&](std::size_t, std::uint32_t worker) {
      if (worker != 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      ++done;
    });
    EXPECT_EQ(done.load(), 6 * (round + 1));
  }
}

TEST(ThreadPool, jobs_after_a_long_pause_wake_the_sleepers) {
  ThreadPool pool(4);
  std::vector<int> counts(4, 0);
  for (int round = 1; round <= 10; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    pool.deal(counts.size(), [&](std::size_t piece, std::uint32_t) { ++counts[piece]; });
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0), 4 * round);
  }
}

TEST(ThreadPool, all_workers_help_where_there_is_enough_to_do) {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> helped(4);
  const auto all_have = [&] { return std::all_of(helped.begin(), helped.end(), [](const auto& n) { return n > 0; }); };
  // Each piece waits until everybody has come, or so long that something is wrong.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  pool.deal(4, [&](std::size_t, std::uint32_t worker) {
    ++helped[worker];
    while (!all_have() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  });
  EXPECT_TRUE(all_have());
}

TEST(ThreadPool, every_dealt_piece_is_done_once_also_when_a_worker_is_slow) {
  for (const std::uint32_t threads : {1U, 2U, 3U, 8U}) {
    ThreadPool pool(threads);
    for (const std::size_t first : {0U, 1U, 7U, 100U}) {
      const std::array<std::size_t, 3> pieces = {first, 5, 0};
      std::vector<std::vector<std::atomic<int>>> times;
      for (const std::size_t n : pieces) times.emplace_back(n);
      pool.deal(pieces, [&](std::size_t section, std::size_t piece, std::uint32_t worker) {
        ASSERT_LT(worker, threads);
        if (worker == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
        ++times[section][piece];
      });
      for (const auto& section : times) {
        for (const std::atomic<int>& count : section) ASSERT_EQ(count.load(), 1);
      }
    }
  }
}

TEST(ThreadPool, an_idle_pool_uses_no_processor_time) {
  ThreadPool pool(8);
  pool.deal(8, [](std::size_t, std::uint32_t) {});
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const std::clock_t before = std::clock();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const double used_s = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  EXPECT_LT(used_s, 0.05);
}

}  // namespace
}  // namespace rbee::engine::cpu
