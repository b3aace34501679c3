#pragma once
// Guesses what follows a text from the text itself.

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/token_id.h"

namespace rbee::engine {

/// The guess: what followed the last time that the sequence's three last tokens stood together, earlier in it.
/// Answers that quote, edit or continue their prompt repeat it often. Source of the idea: A. Saxena, "Prompt Lookup
/// Decoding", 2023 (https://github.com/apoorvumang/prompt-lookup-decoding). One sequence; one thread.
class PromptLookup {
 public:
  /// At most `tokens_max` tokens that may follow `tokens`; none where its end has not occurred before. `tokens` begins
  /// with what was given the last time. A guess that reaches the end of `tokens` goes on into itself, so that a
  /// period is repeated to any length.
  std::vector<TokenId> guess(std::span<const TokenId> tokens, std::uint32_t tokens_max);

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> after_;  // by hash of three tokens: where their last follower stands
  std::uint32_t next_ = 0;                                  // the first position that is not in after_ yet
};

}  // namespace rbee::engine
