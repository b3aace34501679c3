#pragma once
// Log-probabilities of tokens, as OpenAI's `logprobs` reports them.

#include <span>
#include <utility>
#include <vector>

#include "engine/token_id.h"

namespace rbee::engine {

/// The model's own distribution over a row: log-softmax of the raw logits, before bias, penalties, temperature and
/// filters (what vLLM calls raw_logprobs). Borrows the row. Throws Error{kBadFile} when it holds NaN or infinity.
class LogProbabilities {
 public:
  explicit LogProbabilities(std::span<const float> logits);

  /// Natural logarithm; -infinity for a token of probability 0.
  float of(TokenId token) const;
  /// The `count` most likely tokens, most likely first, lower id on ties.
  std::vector<std::pair<TokenId, float>> top(std::size_t count) const;

 private:
  float from_logit(float logit) const { return static_cast<float>(static_cast<double>(logit) - log_sum_); }

  std::span<const float> logits_;
  double log_sum_ = 0;  // log of the sum of exp(logit)
};

}  // namespace rbee::engine
