// Draws against the distribution that they should follow; seeds are fixed, so these never flicker.
#include <array>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "engine/sample/sampler.h"

namespace rbee::engine {
namespace {

constexpr int kDraws = 50'000;

// Pearson's statistic of the draws against `expected` probabilities, by token.
double chi_squared(const std::vector<float>& logits, const SamplingParams& params,
                   const std::map<int, double>& expected) {
  Sampler sampler;
  std::map<int, int> counts;
  for (std::uint64_t i = 0; i < kDraws; ++i) ++counts[sampler.sample(logits, params, {}, i).value()];
  for (const auto& [token, count] : counts) EXPECT_TRUE(expected.contains(token)) << token;
  double sum = 0;
  for (const auto& [token, probability] : expected) {
    const double mean = probability * kDraws;
    sum += (counts[token] - mean) * (counts[token] - mean) / mean;
  }
  return sum;
}

std::map<int, double> normalized(std::map<int, double> weights) {
  double sum = 0;
  for (const auto& [token, weight] : weights) sum += weight;
  for (auto& [token, weight] : weights) weight /= sum;
  return weights;
}

// The 99.9th percentile of chi-squared with 1 to 9 degrees of freedom.
constexpr std::array<double, 10> kCritical = {0, 10.83, 13.82, 16.27, 18.47, 20.52, 22.46, 24.32, 26.12, 27.88};

const std::vector<float> kLogits = {0.5F, 2.0F, -1.0F, 1.0F, 0.0F, 1.5F, -0.5F, 0.8F};

TEST(SamplerDistribution, plain_draws_follow_the_softmax) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    std::map<int, double> weights;
    for (int i = 0; i < 8; ++i) weights[i] = std::exp(double{kLogits[static_cast<std::size_t>(i)]});
    EXPECT_LT(chi_squared(kLogits, {.seed = seed}, normalized(weights)), kCritical[7]);
  }
}

TEST(SamplerDistribution, temperature_divides_the_logits) {
  for (const float temperature : {0.5F, 1.7F}) {
    std::map<int, double> weights;
    for (int i = 0; i < 8; ++i) weights[i] = std::exp(double{kLogits[static_cast<std::size_t>(i)]} / temperature);
    EXPECT_LT(chi_squared(kLogits, {.temperature = temperature, .seed = 11}, normalized(weights)), kCritical[7]);
  }
}

TEST(SamplerDistribution, what_top_k_keeps_is_renormalized) {
  const std::map<int, double> kept = {{1, std::exp(2.0)}, {5, std::exp(1.5)}, {3, std::exp(1.0)}};
  EXPECT_LT(chi_squared(kLogits, {.top_k = 3, .seed = 4}, normalized(kept)), kCritical[2]);
}

TEST(SamplerDistribution, what_top_p_and_min_p_keep_is_renormalized) {
  // Shares: 1: .363, 5: .220, 3: .134, 7: .109, 0: .081, ... so 0.7 needs the first three.
  const std::map<int, double> nucleus = {{1, std::exp(2.0)}, {5, std::exp(1.5)}, {3, std::exp(1.0)}};
  EXPECT_LT(chi_squared(kLogits, {.top_p = 0.7F, .seed = 5}, normalized(nucleus)), kCritical[2]);
  // 0.5 times the most likely: exp(-0.5) = 0.61 stays, exp(-1) = 0.37 goes.
  const std::map<int, double> likely = {{1, std::exp(2.0)}, {5, std::exp(1.5)}};
  EXPECT_LT(chi_squared(kLogits, {.min_p = 0.5F, .seed = 6}, normalized(likely)), kCritical[1]);
}

TEST(SamplerDistribution, one_draw_of_many_seeds_is_as_fair_as_many_draws_of_one) {
  Sampler sampler;
  std::array<int, 2> counts{};
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    ++counts[static_cast<std::size_t>(sampler.sample(std::vector<float>{0, 0}, {.seed = seed}, {}, 0).value())];
  }
  const double half = kDraws / 2.0;
  EXPECT_LT(2 * (counts[0] - half) * (counts[0] - half) / half, kCritical[1]);
}

}  // namespace
}  // namespace rbee::engine
