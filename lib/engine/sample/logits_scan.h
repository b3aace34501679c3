#pragma once
// One pass over a row of logits.

#include <cstddef>
#include <span>

#include "engine/candidate.h"

namespace rbee::engine {

/// The highest logit. Throws Error{kBadFile} when the row holds NaN or +infinity, or nothing above -infinity, naming
/// the first such token: only damaged weights or a numeric overflow bring that about.
float checked_max(std::span<const float> logits);

/// Throws as checked_max() does, for a row whose first candidate (Backend::run_candidates) is `first`.
void check_first(const Candidate& first);

/// The lowest id whose logit is `value`, which is in the row.
TokenId first_with(std::span<const float> logits, float value);

}  // namespace rbee::engine
