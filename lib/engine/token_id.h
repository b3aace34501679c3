#pragma once
// The id of a token in a model's vocabulary.

#include <cstdint>

#include "base/strong_id.h"

namespace rbee::engine {

using TokenId = StrongId<struct TokenTag, std::int32_t>;

}  // namespace rbee::engine
