#pragma once
// Whether sampling parameters make sense.

#include <cstdint>

#include "engine/sample/sampling_params.h"

namespace rbee::engine {

/// Throws Error{kBadRequest, param} for the first value that is not finite, outside limits.h, or names a token that
/// is not in the vocabulary.
void check_sampling_params(const SamplingParams& params, std::uint32_t vocab_size);

}  // namespace rbee::engine
