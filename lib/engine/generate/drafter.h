#pragma once
// What one sequence may say next, and how often such guesses came true.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/generate/prompt_lookup.h"
#include "engine/token_id.h"

namespace rbee::engine {

/// Guesses the tokens of one sequence and keeps count. Every guess is counted when its token comes, also one that no
/// step carried: so a sequence that stopped drafting begins again when its guesses would have been right. One thread.
class Drafter {
 public:
  /// Guesses anew: at most `tokens_max` tokens that follow `tokens`.
  void guess_after(std::span<const TokenId> tokens, std::uint32_t tokens_max) {
    guess_ = lookup_.guess(tokens, tokens_max);
    next_ = 0;
  }
  /// The tokens guessed to come next; empty when there is nothing to go by.
  std::span<const TokenId> guess() const { return std::span(guess_).subspan(next_); }

  /// `token` came. The rest of the guess stands when it was the one guessed.
  void take(TokenId token);

  /// Estimated probability that the next guessed token is right, in [0, 1).
  double acceptance() const;

 private:
  PromptLookup lookup_;
  std::vector<TokenId> guess_;
  std::size_t next_ = 0;
  double right_ = 1, counted_ = 2;  // before anything is known one in two is right; the past fades
};

}  // namespace rbee::engine
