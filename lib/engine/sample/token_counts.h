#pragma once
// Which tokens a sequence has seen: what the penalties look at.

#include <cstdint>
#include <span>
#include <unordered_map>

#include "engine/token_id.h"

namespace rbee::engine {

/// Tokens of a prompt and of the output that follows it. One thread.
class TokenCounts {
 public:
  void add_prompt(std::span<const TokenId> tokens) {
    for (const TokenId token : tokens) output_counts_.try_emplace(token, 0);
  }
  void add_output(TokenId token) { ++output_counts_[token]; }

  /// Every token seen, with how often it is in the output (0 for tokens of the prompt alone).
  const std::unordered_map<TokenId, std::uint32_t>& output_counts() const { return output_counts_; }

 private:
  std::unordered_map<TokenId, std::uint32_t> output_counts_;
};

}  // namespace rbee::engine
