#pragma once
// Two models' opinions of one text, position by position.

#include <cstddef>
#include <string>
#include <vector>

namespace rbee::matrix {

/// The likeliest tokens at one position, given everything before it.
struct Candidate {
  std::string token;  ///< its text, or "id:<n>"
  double logprob = 0;
};
struct PositionScore {
  std::string token;           ///< the one that stands there
  std::vector<Candidate> top;  ///< most likely first; may end with the token that stands there
};

/// What can be said exactly from log-probabilities: logprob = logit - log-sum-exp, so logits are known up to one
/// constant per position. Differences between two candidates' log-probabilities are differences of their logits; and
/// values centred at their mean over the same candidates are the centred logits. NMSE is computed on these, over the
/// candidates that both sides list: sum (a - b)^2 / sum b^2. It is not the NMSE over the whole vocabulary. A candidate
/// that only one side lists differs at least by its distance to the other side's last listed one; max_abs counts that.
struct LogitComparison {
  std::size_t positions = 0;  ///< that were compared
  std::size_t worst_position = 0;
  double worst_nmse = 0;  ///< at worst_position
  double max_abs = 0;     ///< largest difference of a log-probability, in nats
  std::size_t top1_differences = 0;
  double top1_margin = 0;  ///< the largest margin, in the reference, of its best over the other's best at a difference
  std::size_t disjoint = 0;  ///< positions with fewer than two common candidates
};

/// `found` against `reference`, of the same text; positions where either lists nothing (the first) are skipped.
/// Candidates whose text is not unique at their position are left out. Throws Error{kBadRequest} when the texts differ.
LogitComparison compare_logits(const std::vector<PositionScore>& found, const std::vector<PositionScore>& reference);

/// The likeliest and the runner-up of a position: how far apart, in nats; 0 with fewer than two.
double top_margin(const PositionScore& score);

}  // namespace rbee::matrix
