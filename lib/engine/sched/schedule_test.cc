#include "engine/sched/schedule.h"

#include <gtest/gtest.h>

namespace rbee::engine {
namespace {

SequenceSnapshot prefill(std::uint32_t tokens_left, std::uint32_t blocks = 1) {
  return {.tokens_left = tokens_left, .blocks = blocks};
}
SequenceSnapshot decode(std::uint64_t last_step = 1) {
  return {.tokens_left = 1, .decoding = true, .last_step = last_step};
}
SchedulerSnapshot snapshot(std::uint32_t tokens_max) {
  return {.free_blocks = 1000, .sequences_max = 16, .tokens_max = tokens_max, .rows_max = 64};
}
std::uint32_t tokens_of(const Schedule& result, std::size_t sequence) {
  for (const ScheduledChunk& chunk : result.chunks) {
    if (chunk.sequence == sequence) return chunk.tokens;
  }
  return 0;
}

TEST(Schedule, nothing_to_do_is_an_empty_step) {
  const Schedule result = schedule(snapshot(16));
  EXPECT_EQ(result.admitted, 0U);
  EXPECT_TRUE(result.chunks.empty());
}

TEST(Schedule, a_short_prompt_is_prefilled_at_once) {
  SchedulerSnapshot now = snapshot(64);
  now.waiting = {prefill(10)};
  const Schedule result = schedule(now);
  EXPECT_EQ(result.admitted, 1U);
  EXPECT_EQ(tokens_of(result, 0), 10U);
}

TEST(Schedule, prefill_is_split_when_the_batch_is_full) {
  SchedulerSnapshot now = snapshot(64);
  now.running = {prefill(200)};
  EXPECT_EQ(tokens_of(schedule(now), 0), 64U);
}

TEST(Schedule, decodes_come_first_and_prefill_takes_the_rest) {
  SchedulerSnapshot now = snapshot(64);
  now.running = {prefill(500), decode(), decode()};
  const Schedule result = schedule(now);
  ASSERT_EQ(result.chunks.size(), 3U);
  EXPECT_EQ(result.chunks[0].sequence, 1U);
  EXPECT_EQ(result.chunks[1].sequence, 2U);
  EXPECT_EQ(tokens_of(result, 0), 62U);
}

TEST(Schedule, a_short_prompt_does_not_wait_behind_a_long_one) {
  SchedulerSnapshot now = snapshot(64);
  now.running = {prefill(30000)};
  now.waiting = {prefill(2000), prefill(20)};
  const Schedule result = schedule(now);
  EXPECT_EQ(result.admitted, 2U);
  EXPECT_EQ(tokens_of(result, 0), 44U);  // its half, and what the short one does not need
  EXPECT_EQ(tokens_of(result, 1), 0U);
  EXPECT_EQ(tokens_of(result, 2), 20U);
}

TEST(Schedule, equal_prompts_are_served_in_order) {
  SchedulerSnapshot now = snapshot(64);
  now.running = {prefill(100), prefill(100)};
  const Schedule result = schedule(now);
  EXPECT_EQ(tokens_of(result, 0), 64U);
  EXPECT_EQ(tokens_of(result, 1), 0U);
}

TEST(Schedule, a_request_waits_until_blocks_for_its_whole_life_are_free) {
  SchedulerSnapshot now = snapshot(64);
  now.free_blocks = 9;
  now.waiting = {prefill(10, 4), prefill(10, 6), prefill(10, 1)};
  EXPECT_EQ(schedule(now).admitted, 1U) << "the third must not overtake the second";
}

TEST(Schedule, no_more_sequences_run_than_allowed) {
  SchedulerSnapshot now = snapshot(64);
  now.sequences_max = 3;
  now.running = {decode(), decode()};
  now.waiting = {prefill(1), prefill(1)};
  EXPECT_EQ(schedule(now).admitted, 1U);
}

TEST(Schedule, decodes_take_turns_when_the_step_is_too_small) {
  SchedulerSnapshot now = snapshot(2);
  now.running = {decode(7), decode(5), decode(6)};
  const Schedule result = schedule(now);
  ASSERT_EQ(result.chunks.size(), 2U);
  EXPECT_EQ(result.chunks[0].sequence, 1U);
  EXPECT_EQ(result.chunks[1].sequence, 2U);
}

TEST(Schedule, prefill_advances_although_decodes_could_fill_the_step) {
  SchedulerSnapshot now = snapshot(4);
  now.running = {decode(), decode(), decode(), decode(), decode(), prefill(9)};
  EXPECT_EQ(tokens_of(schedule(now), 5), 1U);
}

TEST(Schedule, prompts_that_want_every_row_stay_within_the_rows) {
  SchedulerSnapshot now = snapshot(64);
  now.rows_max = 8;
  now.running = {prefill(100), prefill(100)};
  now.running[0].rows = RowsWanted::kEvery;
  const Schedule result = schedule(now);
  EXPECT_EQ(tokens_of(result, 0), 8U);
  EXPECT_EQ(tokens_of(result, 1), 56U);  // needs no row before its last token
}

TEST(Schedule, the_last_token_of_a_prompt_waits_for_a_free_row) {
  SchedulerSnapshot now = snapshot(64);
  now.rows_max = 2;
  now.running = {prefill(10), prefill(10), prefill(10)};
  const Schedule result = schedule(now);
  EXPECT_EQ(tokens_of(result, 0), 10U);
  EXPECT_EQ(tokens_of(result, 1), 10U);
  EXPECT_EQ(tokens_of(result, 2), 9U);
}

TEST(Schedule, a_lone_decoding_sequence_carries_its_guesses_and_a_prompt_keeps_them_out) {
  SchedulerSnapshot now = snapshot(64);
  now.token_cost = 0.1;
  SequenceSnapshot sure = decode();
  sure.draft_tokens = 5;
  sure.acceptance = 0.95;
  now.running = {sure};
  ASSERT_EQ(schedule(now).chunks.size(), 1U);
  EXPECT_EQ(schedule(now).chunks[0].tokens, 1U);
  EXPECT_EQ(schedule(now).chunks[0].draft, 5U);
  now.rows_max = 3;
  EXPECT_EQ(schedule(now).chunks[0].draft, 2U) << "every guess needs a row";
  now.running.push_back(prefill(10));
  EXPECT_EQ(schedule(now).chunks[0].draft, 0U);
}

}  // namespace
}  // namespace rbee::engine
