#include "engine/sample/top_candidates.h"

#include <algorithm>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace rbee::engine {
namespace {

std::vector<Candidate> by_full_sort(const std::vector<float>& logits, std::size_t count) {
  std::vector<Candidate> all;
  for (std::size_t i = 0; i < logits.size(); ++i) all.push_back({TokenId(static_cast<std::int32_t>(i)), logits[i]});
  std::sort(all.begin(), all.end(), ranks_before);
  all.resize(std::min(count, all.size()));
  return all;
}

TEST(TopCandidates, equal_a_full_sort_on_random_rows_with_ties) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<Candidate> found;
  for (int round = 0; round < 300; ++round) {
    std::vector<float> logits(1 + random() % 3000);
    const bool coarse = random() % 2 == 0;
    for (float& logit : logits) {
      logit = coarse ? static_cast<float>(random() % 7) : std::normal_distribution<float>(0, 3)(random);
      if (random() % 50 == 0) logit = -std::numeric_limits<float>::infinity();
    }
    if (round % 3 == 0) std::sort(logits.begin(), logits.end());  // rising: every token beats the threshold
    const std::size_t count = random() % 100;
    top_candidates(logits, count, found);
    const std::vector<Candidate> expected = by_full_sort(logits, count);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(found[i].token, expected[i].token);
      ASSERT_EQ(found[i].value, expected[i].value);
    }
  }
}

}  // namespace
}  // namespace rbee::engine
