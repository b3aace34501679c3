#pragma once
// How many guessed tokens a step of decoding carries.

#include <cstdint>
#include <span>
#include <vector>

namespace rbee::engine {

/// What is guessed for one decoding sequence.
struct DraftOffer {
  std::uint32_t tokens_max = 0;  ///< guessed tokens there are
  double acceptance = 0;         ///< estimated probability that the next guess is right, in [0, 1)
};

/// By offer, how many guessed tokens a step carries in which every sequence of `offers` decodes one token; their sum is
/// at most `tokens_max`. `token_cost`: the time of one more token in a step, as a share of that of a step of one token
/// (0: free, as where reading the weights is all; 1: no gain from company).
///
/// A guess is right only when all before it are: guess j of a sequence with probability acceptance^j. So long as the
/// next most probable guess brings more tokens per time than the step has without it, it is taken. One sequence alone
/// drafts as soon as its acceptance is above token_cost; the more sequences share a step already, the surer a guess
/// must be.
std::vector<std::uint32_t> plan_drafts(std::span<const DraftOffer> offers, std::uint32_t tokens_max, double token_cost);

}  // namespace rbee::engine
