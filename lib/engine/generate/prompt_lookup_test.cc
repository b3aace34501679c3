#include "engine/generate/prompt_lookup.h"

#include <gtest/gtest.h>

namespace rbee::engine {
namespace {

std::vector<TokenId> ids(std::initializer_list<int> values) {
  std::vector<TokenId> ids;
  for (const int value : values) ids.emplace_back(value);
  return ids;
}

TEST(PromptLookup, guesses_what_followed_the_last_time) {
  PromptLookup lookup;
  EXPECT_EQ(lookup.guess(ids({1, 2, 3, 4, 5, 6, 1, 2, 3}), 2), ids({4, 5}));
}

TEST(PromptLookup, a_later_occurrence_counts_more) {
  PromptLookup lookup;
  EXPECT_EQ(lookup.guess(ids({1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3}), 1), ids({5}));
}

TEST(PromptLookup, nothing_is_guessed_where_the_end_is_new) {
  PromptLookup lookup;
  EXPECT_TRUE(lookup.guess(ids({1, 2, 3, 4, 5, 6, 7}), 8).empty());
  EXPECT_TRUE(lookup.guess(ids({}), 8).empty());
  EXPECT_TRUE(lookup.guess(ids({1, 1, 1}), 8).empty());
  EXPECT_TRUE(lookup.guess(ids({9, 2, 3, 4, 1, 2, 3}), 8).empty()) << "two tokens are not enough";
}

TEST(PromptLookup, a_period_goes_on_into_the_guess) {
  PromptLookup lookup;
  EXPECT_EQ(lookup.guess(ids({7, 1, 2, 1, 2, 1}), 5), ids({2, 1, 2, 1, 2}));
  EXPECT_EQ(PromptLookup().guess(ids({4, 4, 4, 4}), 3), ids({4, 4, 4}));
}

TEST(PromptLookup, tokens_that_come_one_by_one_give_the_same_as_all_at_once) {
  std::vector<TokenId> tokens;
  PromptLookup growing;
  for (int i = 0; i < 300; ++i) {
    tokens.emplace_back((i * i / 7) % 5);
    EXPECT_EQ(growing.guess(tokens, 6), PromptLookup().guess(tokens, 6)) << i;
  }
}

TEST(PromptLookup, ids_whose_hashes_meet_are_told_apart) {
  const int high = 1 << 21;  // (1, 0) and (0, high) hash alike
  PromptLookup lookup;
  EXPECT_TRUE(lookup.guess(ids({9, 1, 0, 5, 6, 9, 0, high}), 4).empty());
}

}  // namespace
}  // namespace rbee::engine
