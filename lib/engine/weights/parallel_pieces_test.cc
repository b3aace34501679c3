#include "engine/weights/parallel_pieces.h"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace rbee::engine {
namespace {

TEST(ParallelPiecesTest, every_piece_is_done_once_whatever_the_threads) {
  for (const std::uint32_t threads : {1U, 2U, 8U}) {
    for (const std::size_t count : {0U, 1U, 3U, 1000U}) {
      std::vector<std::atomic<int>> done(count);
      std::size_t looks = 0;
      for_each_piece(
          count, threads, [&](std::size_t piece) { ++done[piece]; }, [&] { ++looks; });
      for (const std::atomic<int>& times : done) EXPECT_EQ(times, 1);
      EXPECT_GE(looks, 1U);
    }
  }
}

TEST(ParallelPiecesTest, who_watches_is_called_on_the_calling_thread_and_can_end_the_work) {
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<std::size_t> done = 0;
  const auto watch = [&] {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    throw std::runtime_error("not wanted");
  };
  EXPECT_THROW(for_each_piece(
                   1'000'000, 4, [&](std::size_t) { ++done; }, watch),
               std::runtime_error);
  EXPECT_LT(done, 1'000'000U);
}

TEST(ParallelPiecesTest, a_failing_piece_ends_the_work_from_any_thread) {
  std::atomic<std::size_t> done = 0;
  const auto work = [&](std::size_t piece) {
    if (piece == 100) throw std::runtime_error("piece 100");
    ++done;
  };
  EXPECT_THROW(for_each_piece(1'000'000, 4, work, [] {}), std::runtime_error);
  EXPECT_LT(done, 1'000'000U);
}

}  // namespace
}  // namespace rbee::engine
