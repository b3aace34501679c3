#include "engine/generate/prompt_lookup.h"

#include <algorithm>

namespace rbee::engine {
namespace {

// Two tokens meet by chance too often, four miss too many repetitions.
constexpr std::uint32_t kGram = 3;

// Of the tokens before `end`. Ids of vocabularies up to 2^21 do not collide.
std::uint64_t hash_before(std::span<const TokenId> tokens, std::uint32_t end) {
  std::uint64_t hash = 0;
  for (std::uint32_t i = end - kGram; i < end; ++i) hash = (hash << 21) ^ static_cast<std::uint32_t>(tokens[i].value());
  return hash;
}

}  // namespace

std::vector<TokenId> PromptLookup::guess(std::span<const TokenId> tokens, std::uint32_t tokens_max) {
  const auto size = static_cast<std::uint32_t>(tokens.size());
  if (size <= kGram) return {};
  for (next_ = std::max(next_, kGram); next_ < size; ++next_) after_[hash_before(tokens, next_)] = next_;
  const auto found = after_.find(hash_before(tokens, size));
  if (found == after_.end()) return {};
  const std::uint32_t from = found->second;
  if (!std::equal(tokens.end() - kGram, tokens.end(), tokens.begin() + (from - kGram))) return {};
  std::vector<TokenId> guessed;
  guessed.reserve(tokens_max);
  for (std::uint32_t i = 0; i < tokens_max; ++i) {
    guessed.push_back(from + i < size ? tokens[from + i] : guessed[from + i - size]);
  }
  return guessed;
}

}  // namespace rbee::engine
