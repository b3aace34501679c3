#pragma once
// The ids that a tokenizer puts around a text of its own accord: beginning-of-text, separators, end-of-text.

#include <vector>

#include "engine/token_id.h"

namespace rbee::engine {

struct SpecialTemplate {
  std::vector<TokenId> before, after;
};

}  // namespace rbee::engine
