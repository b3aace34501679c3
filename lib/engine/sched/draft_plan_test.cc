#include "engine/sched/draft_plan.h"

#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace rbee::engine {
namespace {

using Drafts = std::vector<std::uint32_t>;

Drafts plan(std::vector<DraftOffer> offers, std::uint32_t tokens_max = 100, double token_cost = 0.2) {
  return plan_drafts(offers, tokens_max, token_cost);
}

TEST(DraftPlan, a_lone_sequence_drafts_when_its_guesses_are_better_than_their_cost) {
  EXPECT_EQ(plan({{.tokens_max = 16, .acceptance = 0.19}}), Drafts{0});
  EXPECT_EQ(plan({{.tokens_max = 16, .acceptance = 0.21}}), Drafts{1});
  EXPECT_EQ(plan({}), Drafts{});
}

TEST(DraftPlan, drafts_grow_with_acceptance_up_to_what_is_offered) {
  std::uint32_t before = 0;
  for (const double acceptance : {0.1, 0.4, 0.6, 0.8, 0.9, 0.98}) {
    const std::uint32_t now = plan({{.tokens_max = 16, .acceptance = acceptance}})[0];
    EXPECT_GE(now, before) << acceptance;
    before = now;
  }
  EXPECT_GE(before, 10U);
  EXPECT_EQ(plan({{.tokens_max = 3, .acceptance = 0.98}}), Drafts{3});
}

TEST(DraftPlan, in_company_only_the_surest_guesses_are_taken) {
  const std::vector<DraftOffer> offers(8, {.tokens_max = 16, .acceptance = 0.5});
  EXPECT_EQ(plan(offers), Drafts(8, 0));
  std::vector<DraftOffer> one_sure = offers;
  one_sure[5].acceptance = 0.9;
  const Drafts drafts = plan(one_sure);
  EXPECT_GE(drafts[5], 1U);
  EXPECT_EQ(std::accumulate(drafts.begin(), drafts.end(), 0U), drafts[5]);
}

TEST(DraftPlan, what_costs_as_much_as_a_step_is_never_drafted) {
  EXPECT_EQ(plan({{.tokens_max = 16, .acceptance = 0.98}}, 100, 1.0), Drafts{0});
}

TEST(DraftPlan, random_offers_are_never_exceeded_and_never_make_a_step_worse) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> unit(0, 0.99);
  for (int round = 0; round < 2000; ++round) {
    std::vector<DraftOffer> offers(1 + random() % 20);
    for (DraftOffer& offer : offers)
      offer = {.tokens_max = static_cast<std::uint32_t>(random() % 20), .acceptance = unit(random)};
    const std::uint32_t tokens_max = random() % 40;
    const double cost = unit(random);
    const Drafts drafts = plan_drafts(offers, tokens_max, cost);
    double expected = static_cast<double>(offers.size()), time = 1 + cost * (expected - 1);
    const double rate_before = expected / time;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < offers.size(); ++i) {
      ASSERT_LE(drafts[i], offers[i].tokens_max);
      sum += drafts[i];
      double probability = 1;
      for (std::uint32_t j = 0; j < drafts[i]; ++j) expected += probability *= offers[i].acceptance;
    }
    time += cost * sum;
    ASSERT_LE(sum, tokens_max);
    ASSERT_GE(expected / time, rate_before * (1 - 1e-9));
  }
}

}  // namespace
}  // namespace rbee::engine
