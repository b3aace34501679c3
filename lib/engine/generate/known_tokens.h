#pragma once
// Which ids of a model's vocabulary its tokenizer knows.

#include <cstdint>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace rbee::engine {

/// By id, [vocab_size]. Embeddings are often padded beyond the tokenizer's vocabulary, and vocabularies have gaps: such
/// ids can be sampled and have no text.
std::vector<bool> known_tokens(const Tokenizer& tokenizer, std::uint32_t vocab_size);

}  // namespace rbee::engine
