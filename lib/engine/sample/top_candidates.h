#pragma once
// The highest logits of a row.

#include <cstddef>
#include <span>
#include <vector>

#include "engine/token_id.h"

namespace rbee::engine {

/// A token that may be chosen, with its logit, or with a weight in proportion to its probability.
struct Candidate {
  TokenId token;
  float value = 0.0F;
};

/// Higher value first, lower id on ties: a strict total order over a row without NaN.
inline bool ranks_before(const Candidate& a, const Candidate& b) {
  return a.value != b.value ? a.value > b.value : a.token < b.token;
}

/// Fills `out` with the `count` highest of `logits` (all of them when there are fewer), in the order of ranks_before.
/// The row holds no NaN. One pass: a candidate must beat the worst of those kept so far.
void top_candidates(std::span<const float> logits, std::size_t count, std::vector<Candidate>& out);

}  // namespace rbee::engine
