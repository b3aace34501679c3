// Log-probabilities, memory and the reference's work.

#include <cmath>

#include <gtest/gtest.h>

#include "base/error.h"
#include "matrix/limits.h"
#include "matrix/logit_comparison.h"
#include "matrix/memory_slope.h"
#include "matrix/reference_work.h"

namespace rbee::matrix {
namespace {

PositionScore position(std::vector<Candidate> top) {
  const std::string token = top.empty() ? "x" : top.front().token;
  return {token, std::move(top)};
}

TEST(LogitComparison, the_same_scores_do_not_differ) {
  const std::vector<PositionScore> scores = {position({}), position({{"a", -0.1}, {"b", -2}, {"c", -3}})};
  const LogitComparison found = compare_logits(scores, scores);
  EXPECT_EQ(found.positions, 1U);
  EXPECT_EQ(found.worst_nmse, 0);
  EXPECT_EQ(found.max_abs, 0);
  EXPECT_EQ(found.top1_differences, 0U);
}

// A log-probability is a logit less a constant: a shift of all of them shows no difference of the logits.
TEST(LogitComparison, a_constant_per_position_is_no_error_of_the_logits) {
  const LogitComparison found = compare_logits({position({{"a", -1.5}, {"b", -2.5}, {"c", -4.5}})},
                                               {position({{"a", -1.0}, {"b", -2.0}, {"c", -4.0}})});
  EXPECT_NEAR(found.worst_nmse, 0, 1e-30);
  EXPECT_NEAR(found.max_abs, 0.5, 1e-12);
}

TEST(LogitComparison, the_worst_position_is_found_wherever_it_is) {
  const PositionScore good = position({{"a", -0.5}, {"b", -1.5}, {"c", -2.5}});
  const PositionScore bad{"a", {{"a", -1.5}, {"b", -0.5}, {"c", -2.5}}};
  for (std::size_t where = 0; where < 5; ++where) {
    std::vector<PositionScore> found(5, good);
    found[where] = bad;
    const LogitComparison comparison = compare_logits(found, std::vector<PositionScore>(5, good));
    EXPECT_EQ(comparison.worst_position, where);
    // Centred: (-.5+1.5, …) of {1, 0, -1} against {0, 1, -1}: squares 1 + 1 of 1 + 1.
    EXPECT_NEAR(comparison.worst_nmse, 1.0, 1e-12);
    EXPECT_EQ(comparison.top1_differences, 1U);
    EXPECT_NEAR(comparison.top1_margin, 1.0, 1e-12);
  }
}

TEST(LogitComparison, a_candidate_that_one_side_does_not_list_differs_by_what_is_certain) {
  const LogitComparison found =
      compare_logits({{"z", {{"a", -0.1}, {"b", -3}, {"new", -1}}}}, {{"z", {{"a", -0.1}, {"b", -3}, {"c", -4}}}});
  EXPECT_NEAR(found.max_abs, 3, 1e-12);  // "new" is at most -4 there
  EXPECT_EQ(found.disjoint, 0U);
}

TEST(LogitComparison, positions_without_common_candidates_are_counted) {
  EXPECT_EQ(compare_logits({{"z", {{"a", -1}, {"b", -2}}}}, {{"z", {{"c", -1}, {"d", -2}}}}).disjoint, 1U);
}

TEST(LogitComparison, tokens_of_one_text_are_left_out) {
  const std::string part = "\xEF\xBF\xBD";
  const LogitComparison found =
      compare_logits({{"z", {{part, -9}, {"a", -1}, {"b", -2}}}}, {{"z", {{part, -1}, {"a", -1}, {"b", -2}}}});
  EXPECT_EQ(found.worst_nmse, 0);
}

TEST(LogitComparison, another_text_is_refused) {
  EXPECT_THROW(compare_logits({{"a", {}}}, {{"b", {}}}), Error);
  EXPECT_THROW(compare_logits({{"a", {}}}, {}), Error);
}

TEST(TopMargin, is_the_distance_of_the_best_two) {
  EXPECT_NEAR(top_margin(position({{"b", -2}, {"a", -0.5}, {"c", -3}})), 1.5, 1e-12);
  EXPECT_EQ(top_margin(position({{"a", -1}})), 0);
}

TEST(MemorySlope, steady_memory_does_not_grow) {
  const auto slope = memory_slope(std::vector<double>(50, 1e9));
  ASSERT_TRUE(slope);
  EXPECT_EQ(slope->bytes_per_request, 0);
  EXPECT_LE(slope->lower_bound, 0);
}

TEST(MemorySlope, steady_growth_is_seen_with_its_bound) {
  std::vector<double> bytes;
  for (int i = 0; i < 50; ++i) bytes.push_back(1e9 + i * 1e6 + (i % 2) * 1e4);
  const auto slope = memory_slope(bytes);
  ASSERT_TRUE(slope);
  EXPECT_NEAR(slope->bytes_per_request, 1e6, 1e3);
  EXPECT_GT(slope->lower_bound, 0.99e6);
  EXPECT_LT(slope->lower_bound, slope->bytes_per_request);
}

TEST(MemorySlope, one_jump_after_the_start_is_no_leak) {
  std::vector<double> bytes(50, 1e9);
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = 8e8;  // an allocator that settles
  EXPECT_LE(memory_slope(bytes)->lower_bound, 0);
}

TEST(MemorySlope, too_few_requests_say_nothing) {
  EXPECT_FALSE(memory_slope({}));
  EXPECT_FALSE(memory_slope(std::vector<double>(kSlopeSamplesMin, 1.0)));
}

TEST(ReferenceWork, shrinks_with_the_model_but_never_to_nothing) {
  EXPECT_EQ(reference_positions(1'000'000), kReferencePositionsMax);
  EXPECT_EQ(reference_positions(0), kReferencePositionsMin);
  EXPECT_GE(reference_positions(70'000'000'000), kReferencePositionsMin);
  EXPECT_GT(reference_positions(1'100'000'000), reference_positions(7'200'000'000));
}

}  // namespace
}  // namespace rbee::matrix
