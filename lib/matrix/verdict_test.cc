#include "matrix/verdict.h"

#include <gtest/gtest.h>

#include "matrix/limits.h"
#include "matrix/testing/good_records.h"

namespace rbee::matrix {
namespace {

namespace f = figure;

constexpr Depth kDepths[] = {Depth::kQuick, Depth::kStandard, Depth::kFull};

CheckRecord with(Check check, std::string_view name, double value) {
  CheckRecord record = good_record(check);
  record.set(name, value);
  return record;
}

TEST(Verdict, everything_there_and_good_is_a_pass) {
  for (const Depth depth : kDepths) EXPECT_EQ(verdict(good_records(depth), {}, depth).state, CellState::kPass);
}

TEST(Verdict, without_any_evidence_nothing_passes) {
  for (const Depth depth : kDepths) EXPECT_EQ(verdict({}, {}, depth).state, CellState::kNotRun);
}

// The property: take any one thing away, and it is no pass any more.
TEST(Verdict, absent_evidence_is_never_a_pass) {
  for (const Depth depth : kDepths) {
    const std::vector<CheckRecord> all = good_records(depth);
    for (std::size_t i = 0; i < all.size(); ++i) {
      SCOPED_TRACE(check_name(all[i].check));
      std::vector<CheckRecord> fewer = all;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_EQ(verdict(fewer, {}, depth).state, CellState::kNotRun);
      fewer = all;
      fewer[i] = not_made(all[i].check, "no time");
      EXPECT_EQ(verdict(fewer, {}, depth).state, CellState::kNotRun);
      EXPECT_NE(verdict(fewer, {}, depth).reason.find("no time"), std::string::npos);
      fewer[i] = not_applicable(all[i].check, "nothing to check");
      EXPECT_EQ(works(verdict(fewer, {}, depth).state), may_not_apply(all[i].check));
      for (const auto& [name, value] : all[i].figures) {
        SCOPED_TRACE(name);
        std::vector<CheckRecord> lacking = all;
        lacking[i].figures.erase(name);
        const bool informative = name == f::kMaxAbs;  // shown, not judged
        EXPECT_EQ(works(verdict(lacking, {}, depth).state), informative);
      }
      std::vector<CheckRecord> empty = all;
      empty[i].figures.clear();
      EXPECT_EQ(verdict(empty, {}, depth).state, CellState::kNotRun);
    }
  }
}

TEST(Verdict, a_count_of_nothing_is_no_pass) {
  EXPECT_NE(judge(with(Check::kRepeat, f::kCases, 0)).grade, Grade::kPass);
  EXPECT_NE(judge(with(Check::kLogits, f::kPositions, 0)).grade, Grade::kPass);
  EXPECT_NE(judge(with(Check::kGreedy, f::kTokens, 0)).grade, Grade::kPass);
  EXPECT_NE(judge(with(Check::kAnswer, f::kTokenEvents, 0)).grade, Grade::kPass);
  EXPECT_NE(judge(with(Check::kMemorySlope, f::kRequests, 3)).grade, Grade::kPass);
  EXPECT_NE(judge(with(Check::kSpeed, f::kDecode, 0)).grade, Grade::kPass);
}

TEST(Verdict, figures_that_are_no_numbers_are_missing) {
  CheckRecord record = good_record(Check::kLogits);
  record.figures.erase(std::string(f::kWorstNmse));
  record.set(f::kWorstNmse, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(judge(record).grade, Grade::kMissing);
}

TEST(Verdict, what_is_wrong_fails) {
  const CheckRecord wrong[] = {with(Check::kLoad, f::kOtherBackend, 1),
                               with(Check::kAnswer, f::kErrors, 1),
                               with(Check::kAnswer, f::kEnds, 2),
                               with(Check::kAnswer, f::kInvalidUtf8, 1),
                               with(Check::kTokenizer, f::kDifferences, 1),
                               with(Check::kSecondRequest, f::kDifferences, 1),
                               with(Check::kLogits, f::kWorstNmse, 0.5),
                               with(Check::kLogits, f::kDisjoint, 1),
                               with(Check::kCancel, f::kSequencesLeft, 1),
                               with(Check::kCancel, f::kNotCancelled, 1),
                               with(Check::kCancel, f::kHangUpSeconds, 60),
                               with(Check::kMemory, f::kPeakBytes, 9e9),
                               with(Check::kMemorySlope, f::kSlopeLowerBound, 1e6),
                               with(Check::kStop, f::kProcessLeft, 1),
                               with(Check::kStop, f::kPortLeft, 1)};
  for (const CheckRecord& record : wrong) {
    SCOPED_TRACE(check_name(record.check));
    std::vector<CheckRecord> checks = good_records(Depth::kFull);
    checks.push_back(record);  // the worse of two counts
    const Verdict found = verdict(checks, {}, Depth::kFull);
    EXPECT_EQ(found.state, CellState::kFail);
    EXPECT_FALSE(found.reason.empty());
  }
}

TEST(Verdict, a_near_tie_is_tolerated_and_a_clear_difference_is_not) {
  CheckRecord greedy = with(Check::kGreedy, f::kDifferences, 1);
  EXPECT_EQ(judge(greedy).grade, Grade::kFail);  // by how much is not known
  greedy.set(f::kFirstDifference, 4);
  greedy.set(f::kMargin, kNearTieNats / 2);
  EXPECT_EQ(judge(greedy).grade, Grade::kTolerated);
  greedy.set(f::kMargin, kNearTieNats * 2);
  EXPECT_EQ(judge(greedy).grade, Grade::kFail);
  CheckRecord logits = with(Check::kLogits, f::kTop1Differences, 2);
  logits.set(f::kTop1Margin, kNearTieNats / 2);
  EXPECT_EQ(judge(logits).grade, Grade::kTolerated);
  logits.set(f::kTop1Margin, kNearTieNats * 2);
  EXPECT_EQ(judge(logits).grade, Grade::kFail);
}

TEST(Verdict, an_obstacle_gives_its_state_and_a_failure_outweighs_it) {
  const std::vector<CheckRecord> good = good_records(Depth::kQuick);
  EXPECT_EQ(verdict({}, {{CellState::kUnavailable, "no device"}}, Depth::kQuick).state, CellState::kUnavailable);
  EXPECT_EQ(verdict(good, {{CellState::kFail, "it died"}}, Depth::kQuick).state, CellState::kFail);
  EXPECT_EQ(verdict(good, {{CellState::kNotRun, "interrupted"}}, Depth::kQuick).state, CellState::kNotRun);
  EXPECT_EQ(verdict(good, {{CellState::kPass, "it says so"}}, Depth::kQuick).state, CellState::kNotRun);
  EXPECT_EQ(verdict({with(Check::kAnswer, f::kErrors, 1)}, {{CellState::kNotRun, ""}}, Depth::kQuick).state,
            CellState::kFail);
}

}  // namespace
}  // namespace rbee::matrix
