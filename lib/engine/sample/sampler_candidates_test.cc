// A choice from a row's first candidates is the choice from the whole row.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/sample/sampler.h"
#include "engine/testing/ranked_columns.h"

namespace rbee::engine {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<float> random_row(std::mt19937& random) {
  std::vector<float> row(1 + random() % 500);
  const bool coarse = random() % 2 == 0;
  for (float& logit : row) {
    logit = coarse ? static_cast<float>(random() % 5) - 3.0F : std::normal_distribution<float>(0, 3)(random);
    if (coarse && logit == 0.0F && random() % 2 == 0) logit = -0.0F;
    if (random() % 20 == 0) logit = -kInfinity;
  }
  row[random() % row.size()] = coarse ? -0.0F : 1.0F;  // not all are -infinity
  return row;
}

SamplingParams random_params(std::mt19937& random) {
  const float temperatures[] = {0.0F, 1e-42F, 0.6F, 1.0F, 40.0F};
  SamplingParams params{.temperature = temperatures[random() % 5], .seed = random()};
  params.top_k = random() % 70;
  if (random() % 2 == 0) params.top_p = static_cast<float>(random() % 100) / 100.0F;
  if (random() % 2 == 0) params.min_p = static_cast<float>(random() % 100) / 100.0F;
  return params;
}

TEST(SamplerCandidates, give_the_token_that_the_row_gives) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  Sampler sampler;
  int compared = 0;
  for (int round = 0; round < 5000; ++round) {
    const std::vector<float> row = random_row(random);
    const SamplingParams params = random_params(random);
    const std::uint32_t needed = candidates_needed(params, row.size());
    if (needed == 0) continue;
    ASSERT_LE(needed, row.size());
    std::vector<Candidate> first = ranked_columns(row);
    first.resize(std::min<std::size_t>(first.size(), needed + random() % 3));  // another row may have asked for more
    const std::uint64_t index = random() % 100;
    ASSERT_EQ(sampler.sample_candidates(first, params, index), sampler.sample(row, params, {}, index)) << round;
    ++compared;
  }
  EXPECT_GT(compared, 2000);
}

TEST(SamplerCandidates, are_as_many_as_the_choice_looks_at) {
  EXPECT_EQ(candidates_needed({.temperature = 0}, 100), 1U);
  EXPECT_EQ(candidates_needed({.temperature = 0}, 1), 1U);
  EXPECT_EQ(candidates_needed({.top_k = 1}, 100), 1U);
  EXPECT_EQ(candidates_needed({.temperature = 0.5F, .top_k = 40, .top_p = 0.9F, .min_p = 0.1F}, 100), 40U);
  EXPECT_EQ(candidates_needed({.top_k = 99}, 100), 99U);
}

TEST(SamplerCandidates, do_not_suffice_where_any_logit_may_count) {
  EXPECT_EQ(candidates_needed({}, 100), 0U);
  EXPECT_EQ(candidates_needed({.top_p = 0.1F}, 100), 0U);
  EXPECT_EQ(candidates_needed({.min_p = 0.9F}, 100), 0U);
  EXPECT_EQ(candidates_needed({.top_k = 100}, 100), 0U) << "drawn in the order of ids";
  EXPECT_EQ(candidates_needed({.temperature = 0, .repetition_penalty = 1.1F}, 100), 0U);
  EXPECT_EQ(candidates_needed({.temperature = 0, .presence_penalty = 0.1F}, 100), 0U);
  EXPECT_EQ(candidates_needed({.temperature = 0, .frequency_penalty = 0.1F}, 100), 0U);
  EXPECT_EQ(candidates_needed({.top_k = 5, .logit_bias = {{TokenId(3), 0.0F}}}, 100), 0U);
}

template <typename Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

TEST(SamplerCandidates, damaged_logits_are_the_same_error) {
  std::vector<std::vector<float>> rows(4, std::vector<float>(100, 1.0F));
  rows[0][42] = rows[0][43] = std::nanf("");
  rows[1][42] = kInfinity;
  rows[1][50] = std::nanf("");
  rows[2][42] = -std::nanf("");
  rows[2][50] = kInfinity;
  rows[3].assign(100, -kInfinity);
  Sampler sampler;
  for (const std::vector<float>& row : rows) {
    const std::vector<Candidate> first = ranked_columns(row);
    for (const SamplingParams& params : {SamplingParams{.temperature = 0}, SamplingParams{.top_k = 7}}) {
      EXPECT_EQ(message_of([&] { sampler.sample_candidates(first, params, 0); }),
                message_of([&] { sampler.sample(row, params, {}, 0); }));
    }
  }
}

}  // namespace
}  // namespace rbee::engine
