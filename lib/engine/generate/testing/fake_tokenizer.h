#pragma once
// A tokenizer over a list of pieces, for tests.

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "engine/tokenizer/tokenizer.h"

namespace rbee::engine {

/// Token i is `pieces[i]`, any bytes; token 0 is special. Text is encoded byte by byte where a piece is that byte.
class FakeTokenizer final : public Tokenizer {
 public:
  explicit FakeTokenizer(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}

  std::vector<TokenId> encode(std::string_view text, AddSpecial) const override {
    std::vector<TokenId> ids;
    for (const char byte : text) ids.push_back(find(std::string(1, byte)).value());
    return ids;
  }
  std::string decode(std::span<const TokenId> ids, SkipSpecial) const override {
    std::string text;
    for (const TokenId id : ids) text += token_bytes(id);
    return text;
  }
  std::string_view token_bytes(TokenId id) const override {
    if (id.value() < 0 || static_cast<std::size_t>(id.value()) >= pieces_.size()) {
      fail(ErrorKind::kBadRequest, "no token {}", id.value());
    }
    return pieces_[static_cast<std::size_t>(id.value())];
  }
  bool is_special(TokenId id) const override { return id == TokenId(0); }
  std::size_t vocab_size() const override { return pieces_.size(); }
  std::optional<TokenId> find(std::string_view content) const override {
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      if (pieces_[i] == content) return TokenId(static_cast<std::int32_t>(i));
    }
    return std::nullopt;
  }

 private:
  std::vector<std::string> pieces_;
};

}  // namespace rbee::engine
