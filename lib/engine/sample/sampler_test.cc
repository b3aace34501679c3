// Exact cases: what each parameter keeps and changes.
#include "engine/sample/sampler.h"

#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::engine {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Every token that 2000 draws bring.
std::set<int> drawn(const std::vector<float>& logits, const SamplingParams& params, const TokenCounts& seen = {}) {
  Sampler sampler;
  std::set<int> tokens;
  for (std::uint64_t i = 0; i < 2000; ++i) tokens.insert(sampler.sample(logits, params, seen, i).value());
  return tokens;
}
int greedy(const std::vector<float>& logits, SamplingParams params = {}, const TokenCounts& seen = {}) {
  params.temperature = 0;
  return Sampler().sample(logits, params, seen, 0).value();
}
std::vector<float> logs(std::vector<float> probabilities) {
  for (float& p : probabilities) p = std::log(p);
  return probabilities;
}

TEST(Sampler, greedy_takes_the_highest_logit_and_the_lowest_id_on_ties) {
  EXPECT_EQ(greedy({1, 5, 2, 5}), 1);
  EXPECT_EQ(greedy({-kInfinity, -3, -kInfinity}), 1);
  std::vector<float> long_row(1000, -1.0F);
  long_row[777] = long_row[998] = 2.0F;
  EXPECT_EQ(greedy(long_row), 777);
}

TEST(Sampler, the_defaults_keep_every_token) {
  EXPECT_EQ(drawn({0, 0, 0, 0}, {}), (std::set<int>{0, 1, 2, 3}));
}

TEST(Sampler, a_token_of_probability_zero_is_never_drawn) {
  EXPECT_EQ(drawn({-kInfinity, 0, -kInfinity}, {}), (std::set<int>{1}));
}

TEST(Sampler, top_k_keeps_the_k_most_likely_and_lower_ids_on_ties) {
  EXPECT_EQ(drawn({1, 3, 2, 3, 1}, {.top_k = 2}), (std::set<int>{1, 3}));
  EXPECT_EQ(drawn({1, 1, 1, 1}, {.top_k = 3}), (std::set<int>{0, 1, 2}));
  EXPECT_EQ(drawn({1, 1.5F, 1}, {.top_k = 1}), (std::set<int>{1}));
  EXPECT_EQ(drawn({1, 1, 1}, {.top_k = 100}), (std::set<int>{0, 1, 2}));
}

TEST(Sampler, top_p_keeps_the_smallest_set_that_reaches_it) {
  const std::vector<float> logits = logs({0.1F, 0.5F, 0.1F, 0.3F});
  EXPECT_EQ(drawn(logits, {.top_p = 0.45F}), (std::set<int>{1}));
  EXPECT_EQ(drawn(logits, {.top_p = 0.55F}), (std::set<int>{1, 3}));
  EXPECT_EQ(drawn(logits, {.top_p = 0.85F}), (std::set<int>{0, 1, 3}));
  EXPECT_EQ(drawn(logits, {.top_p = 0.0F}), (std::set<int>{1}));
  EXPECT_EQ(drawn({0, 0, 0, 0}, {.top_p = 0.0F}), (std::set<int>{0}));
}

TEST(Sampler, top_p_is_a_share_of_what_top_k_left) {
  // Of {0.5, 0.3} the first holds 0.625.
  EXPECT_EQ(drawn(logs({0.1F, 0.5F, 0.1F, 0.3F}), {.top_k = 2, .top_p = 0.6F}), (std::set<int>{1}));
}

TEST(Sampler, min_p_drops_what_is_far_below_the_most_likely) {
  const std::vector<float> logits = logs({0.02F, 0.5F, 0.18F, 0.3F});
  EXPECT_EQ(drawn(logits, {.min_p = 0.3F}), (std::set<int>{1, 2, 3}));
  EXPECT_EQ(drawn(logits, {.min_p = 0.5F}), (std::set<int>{1, 3}));
  EXPECT_EQ(drawn(logits, {.min_p = 1.0F}), (std::set<int>{1}));
}

TEST(Sampler, a_tiny_temperature_is_greedy) {
  EXPECT_EQ(drawn({1, 1.001F, 0.5F}, {.temperature = 1e-6F}), (std::set<int>{1}));
  EXPECT_EQ(drawn({1, 1.001F, 0.5F}, {.temperature = 1e-42F}), (std::set<int>{1}));
}

TEST(Sampler, logit_bias_forces_and_forbids) {
  EXPECT_EQ(drawn({5, 0, 5}, {.logit_bias = {{TokenId(1), 100.0F}}}), (std::set<int>{1}));
  EXPECT_EQ(greedy({5, 4, 0}, {.logit_bias = {{TokenId(0), -100.0F}}}), 1);
}

TEST(Sampler, repetition_penalty_counts_prompt_and_output) {
  TokenCounts seen;
  seen.add_prompt(std::vector{TokenId(0)});
  seen.add_output(TokenId(1));
  EXPECT_EQ(greedy({4, 4, 3}, {.repetition_penalty = 1.5F}, seen), 2) << "positive logits are divided";
  EXPECT_EQ(greedy({-2, -2, -2.5F}, {.repetition_penalty = 1.5F}, seen), 2) << "negative logits are multiplied";
  EXPECT_EQ(greedy({4, 4, 3}, {.repetition_penalty = 1.2F}, seen), 0);
}

TEST(Sampler, presence_and_frequency_penalties_count_the_output_only) {
  TokenCounts seen;
  seen.add_prompt(std::vector{TokenId(0), TokenId(0)});
  seen.add_output(TokenId(1));
  seen.add_output(TokenId(1));
  seen.add_output(TokenId(2));
  EXPECT_EQ(greedy({1, 1.5F, 1.5F}, {.presence_penalty = 1.0F}, seen), 0);
  EXPECT_EQ(greedy({0, 3, 2}, {.frequency_penalty = 0.9F}, seen), 1) << "3 - 1.8 against 2 - 0.9";
  EXPECT_EQ(greedy({0, 3, 2.2F}, {.frequency_penalty = 0.9F}, seen), 2) << "3 - 1.8 against 2.2 - 0.9";
}

TEST(Sampler, bias_comes_before_the_repetition_penalty) {
  TokenCounts seen;
  seen.add_prompt(std::vector{TokenId(0)});
  // (2 + 4) / 2 = 3 loses to 3.5; 2 / 2 + 4 would win.
  EXPECT_EQ(greedy({2, 3.5F}, {.repetition_penalty = 2.0F, .logit_bias = {{TokenId(0), 4.0F}}}, seen), 1);
}

TEST(Sampler, damaged_logits_are_an_error_that_names_the_token) {
  for (const float bad : {std::nanf(""), kInfinity}) {
    std::vector<float> logits(100, 1.0F);
    logits[42] = bad;
    try {
      Sampler().sample(logits, {}, {}, 0);
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("token 42"), std::string::npos) << error.what();
    }
  }
  EXPECT_THROW(Sampler().sample(std::vector<float>(5, -kInfinity), {}, {}, 0), Error);
}

TEST(Sampler, a_draw_depends_on_seed_and_index_alone) {
  const std::vector<float> logits(500, 0.0F);
  Sampler used, fresh;
  for (std::uint64_t i = 0; i < 50; ++i) used.sample(logits, {.top_k = 40, .seed = 9}, {}, i);
  for (std::uint64_t i = 50; i > 0; --i) {
    EXPECT_EQ(used.sample(logits, {.seed = 7}, {}, i), fresh.sample(logits, {.seed = 7}, {}, i));
  }
}

}  // namespace
}  // namespace rbee::engine
