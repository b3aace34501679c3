#include "engine/backend/cuda/emulation/simt.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::engine::cuda::simt {
namespace {

constexpr std::uint32_t kThreads = 64;

struct Args {
  std::uint32_t* out;
};

Kernel kernel(void (*function)(const void*)) {
  return {.name = "k", .args_bytes = sizeof(Args), .threads = kThreads, .function = function};
}

std::vector<std::uint32_t> run_with(void (*function)(const void*), TurnOrder order, Grid grid = {}) {
  std::vector<std::uint32_t> out(std::size_t{kThreads} * grid.x * grid.y * grid.z, 7);
  const Args args{out.data()};
  run(kernel(function), grid, &args, order);
  return out;
}

std::string failure(void (*function)(const void*)) {
  try {
    run_with(function, TurnOrder::kForward);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

void number_threads(const void* args) {
  const Position& at = position();
  const std::uint32_t block = at.block[0] + 3 * (at.block[1] + 2 * at.block[2]);
  static_cast<const Args*>(args)->out[block * kThreads + at.thread] = block * 1000 + at.thread;
}

TEST(Simt, every_thread_of_every_block_runs_once) {
  const std::vector<std::uint32_t> out = run_with(number_threads, TurnOrder::kShuffled, {.x = 3, .y = 2, .z = 2});
  for (std::uint32_t i = 0; i < out.size(); ++i) EXPECT_EQ(out[i], i / kThreads * 1000 + i % kThreads);
}

// Each thread leaves a number for the next.
template <bool has_barrier>
void pass_on(const void* args) {
  static const char tag = 0;
  auto* const shared = static_cast<std::uint32_t*>(shared_memory(&tag, kThreads * sizeof(std::uint32_t)));
  const std::uint32_t thread = position().thread;
  shared[thread] = thread + 1;
  if (has_barrier) sync_block();
  static_cast<const Args*>(args)->out[thread] = shared[(thread + 1) % kThreads];
}

TEST(Simt, a_barrier_makes_every_order_of_turns_the_same) {
  const std::vector<std::uint32_t> forward = run_with(pass_on<true>, TurnOrder::kForward);
  EXPECT_EQ(forward[0], 2U);
  EXPECT_EQ(forward[kThreads - 1], 1U);
  EXPECT_EQ(run_with(pass_on<true>, TurnOrder::kBackward), forward);
  EXPECT_EQ(run_with(pass_on<true>, TurnOrder::kShuffled), forward);
}

TEST(Simt, a_barrier_that_lacks_is_seen) {
  EXPECT_NE(run_with(pass_on<false>, TurnOrder::kForward), run_with(pass_on<false>, TurnOrder::kBackward));
  EXPECT_EQ(run_with(pass_on<false>, TurnOrder::kForward)[0], 0xFFFFFFFFU);  // nothing had been written
}

void sum_of_warp(const void* args) {
  const std::uint32_t thread = position().thread;
  std::uint32_t sum = thread;
  for (std::uint32_t mask = 1; mask < 32; mask *= 2) sum += shuffle_xor(sum, mask);
  static_cast<const Args*>(args)->out[thread] = sum;
}

TEST(Simt, lanes_exchange_within_their_warp) {
  for (const TurnOrder order : {TurnOrder::kForward, TurnOrder::kBackward, TurnOrder::kShuffled}) {
    const std::vector<std::uint32_t> out = run_with(sum_of_warp, order);
    for (std::uint32_t i = 0; i < kThreads; ++i) EXPECT_EQ(out[i], i < 32 ? 31U * 16 : 31U * 16 + 32 * 32);
  }
}

TEST(Simt, threads_that_wait_for_one_that_ended_are_an_error) {
  EXPECT_THAT(failure([](const void*) {
                if (position().thread != 5) sync_block();
              }),
              testing::HasSubstr("never come"));
  EXPECT_THAT(failure([](const void*) {
                if (position().thread != 40) shuffle_xor(1, 1);
              }),
              testing::HasSubstr("never come"));
  EXPECT_EQ(run_with(sum_of_warp, TurnOrder::kForward)[0], 31U * 16);  // and the next kernel runs
}

TEST(Simt, more_shared_memory_than_a_block_has_is_an_error) {
  EXPECT_THAT(failure([](const void*) {
                static const char tag = 0;
                shared_memory(&tag, 50000);
              }),
              testing::HasSubstr("shares more than 49152"));
}

}  // namespace
}  // namespace rbee::engine::cuda::simt
