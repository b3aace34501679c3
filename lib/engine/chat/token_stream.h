#pragma once
// The parser's window on the tokens, with jinja2's syntax errors.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/chat/token.h"

namespace rbee::engine::jinja {

/// Throws Error{kBadFile} "template line 3: ...".
[[noreturn]] void syntax_error(std::uint32_t line, std::string_view message);

/// What messages call the token: a name's text, an operator's sign, or words.
std::string describe(const Token& token);
std::string_view describe(TokenKind kind);

/// Borrows the list, which ends with kEnd or kError. Reaching kError throws its message.
class TokenStream {
 public:
  explicit TokenStream(const TokenList& list) : tokens_(list.tokens) { check(); }

  const Token& current() const { return tokens_[position_]; }
  bool at(TokenKind kind) const { return current().kind == kind; }
  bool at_name(std::string_view name) const { return is_name(current(), name); }
  bool at_any_name(std::initializer_list<std::string_view> names) const;
  /// The token after the current one.
  const Token& look() const { return tokens_[at(TokenKind::kEnd) ? position_ : position_ + 1]; }
  bool next_is_name(std::string_view name) const { return is_name(look(), name); }

  /// Goes on by one token and returns the one left.
  const Token& next();
  bool skip(TokenKind kind);
  bool skip_name(std::string_view name);
  const Token& expect(TokenKind kind);
  void expect_name(std::string_view name);

 private:
  static bool is_name(const Token& token, std::string_view name) {
    return token.kind == TokenKind::kName && token.text == name;
  }
  void check() const;
  [[noreturn]] void unexpected(std::string_view wanted) const;

  const std::vector<Token>& tokens_;
  std::size_t position_ = 0;
};

}  // namespace rbee::engine::jinja
