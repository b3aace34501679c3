#pragma once
// Tokens that may be chosen, in the order of their logits.

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

}  // namespace rbee::engine
