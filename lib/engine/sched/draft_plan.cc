#include "engine/sched/draft_plan.h"

#include <queue>

#include "base/check.h"

namespace rbee::engine {
namespace {

struct NextGuess {
  double probability = 0;
  std::size_t sequence = 0;
  // Of equal ones the earlier sequence first.
  bool operator<(const NextGuess& other) const {
    if (probability != other.probability) return probability < other.probability;
    return sequence > other.sequence;
  }
};

}  // namespace

std::vector<std::uint32_t> plan_drafts(std::span<const DraftOffer> offers, std::uint32_t tokens_max,
                                       double token_cost) {
  std::vector<std::uint32_t> drafts(offers.size(), 0);
  if (offers.empty()) return drafts;
  std::priority_queue<NextGuess> guesses;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    RBEE_CHECK(offers[i].acceptance >= 0 && offers[i].acceptance < 1);
    if (offers[i].tokens_max > 0) guesses.push({.probability = offers[i].acceptance, .sequence = i});
  }
  double tokens = static_cast<double>(offers.size());
  double time = 1 + token_cost * (tokens - 1);
  while (!guesses.empty() && tokens_max > 0) {
    const NextGuess guess = guesses.top();
    guesses.pop();
    if (guess.probability * time <= token_cost * tokens) break;
    tokens += guess.probability;
    time += token_cost;
    --tokens_max;
    const DraftOffer& offer = offers[guess.sequence];
    if (++drafts[guess.sequence] == offer.tokens_max) continue;
    guesses.push({.probability = guess.probability * offer.acceptance, .sequence = guess.sequence});
  }
  return drafts;
}

}  // namespace rbee::engine
