#pragma once
// The tokens of a template.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::engine::jinja {

enum class TokenKind : std::uint8_t {
  kData,
  kVariableBegin,
  kVariableEnd,
  kBlockBegin,
  kBlockEnd,
  kName,
  kString,
  kInteger,
  kFloat,
  kAdd,
  kAssign,
  kColon,
  kComma,
  kDiv,
  kDot,
  kEq,
  kFloordiv,
  kGt,
  kGteq,
  kLbrace,
  kLbracket,
  kLparen,
  kLt,
  kLteq,
  kMod,
  kMul,
  kNe,
  kPipe,
  kPow,
  kRbrace,
  kRbracket,
  kRparen,
  kSemicolon,
  kSub,
  kTilde,
  kEnd,
  kError,  ///< where lexing stopped; the text is the message
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::uint32_t line = 1;
  std::string_view text;  ///< strings are unescaped, numbers hold no underscores
};

/// The tokens of one template and the texts that they point into.
struct TokenList {
  std::string source;             ///< with its newlines normalised
  std::deque<std::string> texts;  ///< unescaped strings and messages
  std::vector<Token> tokens;      ///< ends with kEnd or kError
};

}  // namespace rbee::engine::jinja
