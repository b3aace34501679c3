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

/// How many of a row's first candidates, in the order of ranks_before(), are all that the choice looks at: 1 for greedy
/// ones, or the top-k. 0: it may look at every logit of the row, [vocab_size].
std::uint32_t candidates_needed(const SamplingParams& params, std::size_t vocab_size);

/// The sampler. Its members are scratch memory only: what it returns depends on the arguments alone. One thread.
class Sampler {
 public:
  /// The token that follows, chosen as SamplingParams says; `index` counts the sequence's output tokens from 0.
  /// Where candidates tie at the edge of top-k or top-p, lower ids are kept. `params` has passed
  /// check_sampling_params. Throws Error{kBadFile} when the logits hold NaN or infinity.
  TokenId sample(std::span<const float> logits, const SamplingParams& params, const TokenCounts& seen,
                 std::uint64_t index);

  /// The same token, chosen from the row's first candidates as Backend::run_candidates() gives them: at least
  /// candidates_needed(), which is not 0. Throws likewise.
  TokenId sample_candidates(std::span<const Candidate> first, const SamplingParams& params, std::uint64_t index);

 private:
  std::span<const float> adjust(std::span<const float> logits, const SamplingParams& params, const TokenCounts& seen);
  void take_candidates(std::span<const float> logits, const SamplingParams& params);
  TokenId choose(float max, const SamplingParams& params, std::uint64_t index);

  std::vector<float> adjusted_;        // [vocab]
  std::vector<Candidate> candidates_;  // with logits, then weights: exp((logit - max) / temperature)
};

}  // namespace rbee::engine
