// Random loads against a model of the engine: whatever arrives, the scheduler's promises hold.
#include <algorithm>
#include <deque>
#include <random>
#include <utility>

#include <gtest/gtest.h>

#include "engine/sched/schedule.h"

namespace rbee::engine {
namespace {

struct ModelSequence {
  SequenceSnapshot now;
  std::uint32_t answer_left = 0;  // tokens that it will still produce
  std::uint64_t waited = 0;       // steps since it last advanced
};

// The engine without arithmetic: applies schedules and checks each promise.
class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) {
    limits_.sequences_max = pick(1, 12);
    limits_.tokens_max = pick(2, 40);
    limits_.rows_max = pick(2, 20);
    limits_.token_cost = pick(0, 10) / 10.0;
    limits_.free_blocks = pick(20, 60);
    blocks_total_ = limits_.free_blocks;
  }

  void arrive() {
    ModelSequence next;
    next.now.tokens_left = pick(1, 10) == 1 ? pick(100, 300) : pick(1, 30);
    next.now.rows = pick(0, 5) == 0 ? RowsWanted::kEvery : RowsWanted::kLast;
    next.now.blocks = pick(1, 20);
    next.answer_left = pick(1, 40);
    waiting_.push_back(next);
  }

  void step() {
    for (ModelSequence& s : running_) {
      s.now.draft_tokens = s.now.decoding ? std::min(pick(0, 8), s.answer_left - 1) : 0;
      s.now.acceptance = pick(0, 98) / 100.0;
    }
    SchedulerSnapshot snapshot = limits_;
    for (const ModelSequence& s : running_) snapshot.running.push_back(s.now);
    for (const ModelSequence& s : waiting_) snapshot.waiting.push_back(s.now);
    const Schedule result = schedule(snapshot);
    admit(result.admitted);
    apply(result);
    retire();
    ++step_;
  }

  bool idle() const { return running_.empty() && waiting_.empty(); }
  std::uint32_t free_blocks() const { return limits_.free_blocks; }
  std::uint32_t blocks_total() const { return blocks_total_; }
  std::uint32_t pick(std::uint32_t low, std::uint32_t high) { return low + random_() % (high - low + 1); }

 private:
  void admit(std::size_t count) {
    ASSERT_LE(count, waiting_.size());
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_LE(waiting_.front().now.blocks, limits_.free_blocks) << "blocks are over-committed";
      limits_.free_blocks -= waiting_.front().now.blocks;
      running_.push_back(waiting_.front());
      waiting_.pop_front();
    }
    ASSERT_LE(running_.size(), limits_.sequences_max);
  }

  void apply(const Schedule& result) {
    std::uint32_t tokens = 0, rows = 0;
    std::vector<std::uint32_t> given(running_.size(), 0);
    const bool prefills = std::any_of(running_.begin(), running_.end(), [](const auto& s) { return !s.now.decoding; });
    for (const ScheduledChunk& chunk : result.chunks) {
      ASSERT_LT(chunk.sequence, running_.size());
      ModelSequence& s = running_[chunk.sequence];
      ASSERT_GT(chunk.tokens, 0U);
      ASSERT_LE(chunk.tokens, s.now.tokens_left);
      ASSERT_EQ(std::exchange(given[chunk.sequence], chunk.tokens), 0U) << "one chunk for a sequence";
      ASSERT_LE(chunk.draft, s.now.draft_tokens);
      ASSERT_TRUE(chunk.draft == 0 || !prefills) << "guesses take tokens from prompts";
      tokens += chunk.tokens + chunk.draft;
      rows += chunk.draft;
      const bool reaches_end = chunk.tokens == s.now.tokens_left;
      rows += s.now.rows == RowsWanted::kEvery ? chunk.tokens : (reaches_end ? 1 : 0);
    }
    ASSERT_LE(tokens, limits_.tokens_max);
    ASSERT_LE(rows, limits_.rows_max);
    ASSERT_EQ(tokens > 0, !running_.empty()) << "the engine stands still";
    check_oldest_prefill(given);
    for (std::size_t i = 0; i < running_.size(); ++i) advance(running_[i], given[i]);
    for (const ScheduledChunk& chunk : result.chunks) accept(running_[chunk.sequence], pick(0, chunk.draft));
  }

  void advance(ModelSequence& s, std::uint32_t tokens) {
    if (tokens == 0) {
      // A decoding sequence waits at most one round of the others; all of them get turns.
      ++s.waited;
      ASSERT_LE(s.now.decoding ? s.waited : 0, limits_.sequences_max) << "a decoding sequence starves";
      return;
    }
    s.waited = 0;
    s.now.last_step = step_;
    s.now.tokens_left -= tokens;
    if (s.now.tokens_left > 0) return;
    s.now.decoding = true;
    s.now.rows = RowsWanted::kLast;
    if (--s.answer_left > 0) s.now.tokens_left = 1;
  }

  // So many of the guesses came true.
  void accept(ModelSequence& s, std::uint32_t guesses) {
    if (guesses == 0) return;
    ASSERT_LT(guesses, s.answer_left + 1);
    s.answer_left -= guesses;
    s.now.tokens_left = s.answer_left > 0 ? 1 : 0;
  }

  void check_oldest_prefill(const std::vector<std::uint32_t>& given) {
    for (std::size_t i = 0; i < running_.size(); ++i) {
      if (running_[i].now.decoding) continue;
      ASSERT_GT(given[i], 0U) << "the oldest prompt does not advance";
      return;
    }
  }

  void retire() {
    std::erase_if(running_, [&](const ModelSequence& s) {
      if (s.now.tokens_left > 0) return false;
      limits_.free_blocks += s.now.blocks;
      return true;
    });
  }

  std::mt19937 random_;
  SchedulerSnapshot limits_;
  std::uint32_t blocks_total_ = 0;
  std::uint64_t step_ = 1;
  std::vector<ModelSequence> running_;
  std::deque<ModelSequence> waiting_;
};

TEST(ScheduleModel, every_promise_holds_under_random_loads) {
  const unsigned first_seed = std::random_device{}();
  for (unsigned seed = first_seed; seed < first_seed + 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Model model(seed);
    for (int i = 0; i < 200; ++i) {
      if (model.pick(0, 3) == 0) model.arrive();
      model.step();
      if (testing::Test::HasFatalFailure()) return;
    }
    // Once nothing arrives any more, everything ends and all blocks are back.
    for (int i = 0; i < 100'000 && !model.idle(); ++i) model.step();
    ASSERT_TRUE(model.idle());
    ASSERT_EQ(model.free_blocks(), model.blocks_total());
  }
}

}  // namespace
}  // namespace rbee::engine
