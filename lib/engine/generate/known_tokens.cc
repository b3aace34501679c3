#include "engine/generate/known_tokens.h"

#include <algorithm>

#include "base/error.h"

namespace rbee::engine {
namespace {

// The tokenizer's contract tells an unknown id by an exception only.
bool is_known(const Tokenizer& tokenizer, TokenId id) {
  try {
    tokenizer.token_bytes(id);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::vector<bool> known_tokens(const Tokenizer& tokenizer, std::uint32_t vocab_size) {
  std::vector<bool> known(vocab_size, false);
  const std::size_t ids = std::min<std::size_t>(vocab_size, tokenizer.vocab_size());
  for (std::size_t id = 0; id < ids; ++id) known[id] = is_known(tokenizer, TokenId(static_cast<std::int32_t>(id)));
  return known;
}

}  // namespace rbee::engine
