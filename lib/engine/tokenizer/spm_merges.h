#pragma once
// SentencePiece BPE as merges: two neighbours whose joined text is a token merge, the highest score first. Source:
// llm_tokenizer_spm_session of llama.cpp.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tokenizer/bpe_parts.h"

namespace rbee::engine {

/// The characters that occur inside tokens but are no tokens themselves, each once. `tokens` are valid UTF-8.
std::vector<std::string> characters_without_token(std::span<const std::string> tokens);

/// Fills parts.merges from every way to cut a token in two tokens (or characters_without_token(), which parts.tokens
/// must hold too), ranked by the token's score. `tokens` and `scores` are by id; scores are not NaN. Throws
/// Error{kBadFile} when the tokens are so long that it would take too much time.
void add_spm_merges(std::span<const std::string> tokens, std::span<const float> scores, std::string_view source,
                    BpeParts& parts);

}  // namespace rbee::engine
