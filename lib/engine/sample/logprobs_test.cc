#include "engine/sample/logprobs.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::engine {
namespace {

TEST(LogProbabilities, are_the_log_softmax_of_the_row) {
  const std::vector<float> logits = {1.0F, 3.0F, 2.0F, 3.0F};
  const LogProbabilities logprobs(logits);
  const double sum = std::exp(1.0) + 2 * std::exp(3.0) + std::exp(2.0);
  EXPECT_NEAR(logprobs.of(TokenId(0)), 1.0 - std::log(sum), 1e-6);
  const auto top = logprobs.top(3);
  ASSERT_EQ(top.size(), 3U);
  EXPECT_EQ(top[0].first, TokenId(1));
  EXPECT_EQ(top[1].first, TokenId(3)) << "ties go to the lower id";
  EXPECT_EQ(top[2].first, TokenId(2));
  EXPECT_FLOAT_EQ(top[2].second, logprobs.of(TokenId(2)));
}

TEST(LogProbabilities, large_logits_do_not_overflow) {
  const std::vector<float> logits = {30000.0F, 29999.0F, -std::numeric_limits<float>::infinity()};
  const LogProbabilities logprobs(logits);
  EXPECT_NEAR(logprobs.of(TokenId(0)), -std::log1p(std::exp(-1.0)), 1e-3);
  EXPECT_EQ(logprobs.of(TokenId(2)), -std::numeric_limits<float>::infinity());
}

TEST(LogProbabilities, asking_for_more_than_the_vocabulary_gives_all) {
  const std::vector<float> logits = {0.0F, 1.0F};
  EXPECT_EQ(LogProbabilities(logits).top(100).size(), 2U);
}

TEST(LogProbabilities, nan_is_an_error) {
  const std::vector<float> logits = {0.0F, std::nanf(""), 1.0F};
  EXPECT_THROW(LogProbabilities{logits}, Error);
}

}  // namespace
}  // namespace rbee::engine
