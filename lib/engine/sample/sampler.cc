#include "engine/sample/sampler.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "engine/sample/logits_scan.h"
#include "engine/sample/philox.h"

namespace rbee::engine {
namespace {

double sum_weights(std::span<const Candidate> candidates) {
  double sum = 0;
  for (const Candidate& candidate : candidates) sum += candidate.value;
  return sum;
}

// Nucleus sampling: the smallest set, most likely first, whose share of the weight reaches top_p.
// Source: Holtzman, Buys, Du, Forbes, Choi, "The curious case of neural text degeneration", ICLR 2020.
void keep_top_p(std::vector<Candidate>& candidates, double top_p) {
  const double total = sum_weights(candidates);
  // Tokens below this weight hold less than (1 - top_p) together, so the set ends before them: no need to sort them.
  // The factor leaves room for rounding, so that the most likely one always stays.
  const double negligible = 0.999 * (1.0 - top_p) * total / static_cast<double>(candidates.size());
  std::erase_if(candidates, [&](const Candidate& candidate) { return candidate.value < negligible; });
  std::sort(candidates.begin(), candidates.end(), ranks_before);
  double reached = 0;
  for (std::size_t kept = 0; kept < candidates.size(); ++kept) {
    reached += candidates[kept].value;
    if (reached >= top_p * total) {
      candidates.resize(kept + 1);
      return;
    }
  }
}

TokenId draw(std::span<const Candidate> candidates, double uniform) {
  const double target = uniform * sum_weights(candidates);
  double reached = 0;
  TokenId last;
  for (const Candidate& candidate : candidates) {
    if (candidate.value <= 0) continue;
    reached += candidate.value;
    last = candidate.token;
    if (reached > target) break;
  }
  return last;
}

bool is_greedy(const SamplingParams& params) {
  return params.temperature == 0.0F || params.top_k == 1;
}

}  // namespace

bool needs_token_counts(const SamplingParams& params) {
  return params.repetition_penalty != 1.0F || params.presence_penalty != 0.0F || params.frequency_penalty != 0.0F;
}

std::uint32_t candidates_needed(const SamplingParams& params, std::size_t vocab_size) {
  if (!params.logit_bias.empty() || needs_token_counts(params)) return 0;
  if (is_greedy(params)) return 1;
  // Where top-k keeps the whole row, the candidates are drawn in the order of their ids.
  return params.top_k < vocab_size ? params.top_k : 0;
}

std::span<const float> Sampler::adjust(std::span<const float> logits, const SamplingParams& params,
                                       const TokenCounts& seen) {
  if (params.logit_bias.empty() && !needs_token_counts(params)) return logits;
  adjusted_.assign(logits.begin(), logits.end());
  for (const LogitBias& bias : params.logit_bias) {
    adjusted_[static_cast<std::size_t>(bias.token.value())] += bias.bias;
  }
  if (!needs_token_counts(params)) return adjusted_;
  for (const auto& [token, count] : seen.output_counts()) {
    float& logit = adjusted_[static_cast<std::size_t>(token.value())];
    logit = logit > 0 ? logit / params.repetition_penalty : logit * params.repetition_penalty;
    if (count == 0) continue;
    logit -= params.presence_penalty + params.frequency_penalty * static_cast<float>(count);
  }
  return adjusted_;
}

void Sampler::take_candidates(std::span<const float> logits, const SamplingParams& params) {
  if (params.top_k > 0 && params.top_k < logits.size()) {
    top_candidates(logits, params.top_k, candidates_);
  } else {
    candidates_.resize(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) {
      candidates_[i] = {TokenId(static_cast<std::int32_t>(i)), logits[i]};
    }
  }
}

TokenId Sampler::sample(std::span<const float> logits, const SamplingParams& params, const TokenCounts& seen,
                        std::uint64_t index) {
  RBEE_CHECK(!logits.empty());
  const std::span<const float> adjusted = adjust(logits, params, seen);
  const float max = checked_max(adjusted);
  if (is_greedy(params)) return first_with(adjusted, max);
  take_candidates(adjusted, params);
  return choose(max, params, index);
}

TokenId Sampler::sample_candidates(std::span<const Candidate> first, const SamplingParams& params,
                                   std::uint64_t index) {
  const std::size_t needed = is_greedy(params) ? 1 : params.top_k;
  RBEE_CHECK(needed > 0 && first.size() >= needed && params.logit_bias.empty() && !needs_token_counts(params));
  check_first(first.front());
  if (is_greedy(params)) return first.front().token;
  candidates_.assign(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(needed));
  return choose(first.front().value, params, index);
}

// Of candidates_, which are in the order of ranks_before() where top-k cut the row.
TokenId Sampler::choose(float max, const SamplingParams& params, std::uint64_t index) {
  for (Candidate& candidate : candidates_) candidate.value = std::exp((candidate.value - max) / params.temperature);
  if (params.top_p < 1.0F) keep_top_p(candidates_, params.top_p);
  if (params.min_p > 0.0F) {
    // The most likely token has weight exp(0) = 1.
    std::erase_if(candidates_, [&](const Candidate& candidate) { return candidate.value < params.min_p; });
  }
  return draw(candidates_, uniform_draw(params.seed, index));
}

}  // namespace rbee::engine
