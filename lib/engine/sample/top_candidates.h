#pragma once
// The highest logits of a row.

#include <cstddef>
#include <span>
#include <vector>

#include "engine/candidate.h"

namespace rbee::engine {

/// Fills `out` with the `count` highest of `logits` (all of them when there are fewer), in the order of ranks_before.
/// The row holds no NaN. One pass: a candidate must beat the worst of those kept so far.
void top_candidates(std::span<const float> logits, std::size_t count, std::vector<Candidate>& out);

}  // namespace rbee::engine
