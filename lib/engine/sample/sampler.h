#pragma once
// Chooses the next token of a sequence from its logits.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/sample/sampling_params.h"
#include "engine/sample/token_counts.h"
#include "engine/sample/top_candidates.h"

namespace rbee::engine {

/// True when the penalties need to know which tokens the sequence has seen.
bool needs_token_counts(const SamplingParams& params);

/// The sampler. Its members are scratch memory only: what it returns depends on the arguments alone. One thread.
class Sampler {
 public:
  /// The token that follows, chosen as SamplingParams says; `index` counts the sequence's output tokens from 0.
  /// Where candidates tie at the edge of top-k or top-p, lower ids are kept. `params` has passed
  /// check_sampling_params. Throws Error{kBadFile} when the logits hold NaN or infinity.
  TokenId sample(std::span<const float> logits, const SamplingParams& params, const TokenCounts& seen,
                 std::uint64_t index);

 private:
  std::span<const float> adjust(std::span<const float> logits, const SamplingParams& params, const TokenCounts& seen);
  void weigh_candidates(std::span<const float> logits, float max, const SamplingParams& params);

  std::vector<float> adjusted_;        // [vocab]
  std::vector<Candidate> candidates_;  // with weights: exp((logit - max) / temperature)
};

}  // namespace rbee::engine
