#pragma once
// Whether a request can run at all.

#include <cstdint>

#include "engine/engine.h"

namespace rbee::engine {

/// What a request must fit into.
struct RequestBounds {
  std::uint32_t context = 0;     ///< positions per sequence
  std::uint32_t vocab_size = 0;  ///< rows of the embedding, columns of the logits
};

/// Throws Error{kBadRequest, param} for the first thing that is wrong; nothing is clamped.
void check_request(const GenerateRequest& request, const RequestBounds& bounds);

}  // namespace rbee::engine
