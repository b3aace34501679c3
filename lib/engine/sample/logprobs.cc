#include "engine/sample/logprobs.h"

#include <cmath>

#include "engine/sample/logits_scan.h"
#include "engine/sample/top_candidates.h"

namespace rbee::engine {

LogProbabilities::LogProbabilities(std::span<const float> logits) : logits_(logits) {
  const float max = checked_max(logits);
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - max);
  log_sum_ = static_cast<double>(max) + std::log(sum);
}

float LogProbabilities::of(TokenId token) const {
  return from_logit(logits_[static_cast<std::size_t>(token.value())]);
}

std::vector<std::pair<TokenId, float>> LogProbabilities::top(std::size_t count) const {
  std::vector<Candidate> candidates;
  top_candidates(logits_, count, candidates);
  std::vector<std::pair<TokenId, float>> result;
  result.reserve(candidates.size());
  for (const Candidate& candidate : candidates) result.emplace_back(candidate.token, from_logit(candidate.value));
  return result;
}

}  // namespace rbee::engine
