#include "engine/chat/token_stream.h"

#include <algorithm>

#include "base/error.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {

void syntax_error(std::uint32_t line, std::string_view message) {
  fail(ErrorKind::kBadFile, "template line {}: {}", line, message);
}

std::string_view describe(TokenKind kind) {
  switch (kind) {
    case TokenKind::kData:
      return "template data / text";
    case TokenKind::kVariableBegin:
      return "begin of print statement";
    case TokenKind::kVariableEnd:
      return "end of print statement";
    case TokenKind::kBlockBegin:
      return "begin of statement block";
    case TokenKind::kBlockEnd:
      return "end of statement block";
    case TokenKind::kName:
      return "name";
    case TokenKind::kString:
      return "string";
    case TokenKind::kInteger:
      return "integer";
    case TokenKind::kFloat:
      return "float";
    case TokenKind::kAdd:
      return "+";
    case TokenKind::kAssign:
      return "=";
    case TokenKind::kColon:
      return ":";
    case TokenKind::kComma:
      return ",";
    case TokenKind::kDiv:
      return "/";
    case TokenKind::kDot:
      return ".";
    case TokenKind::kEq:
      return "==";
    case TokenKind::kFloordiv:
      return "//";
    case TokenKind::kGt:
      return ">";
    case TokenKind::kGteq:
      return ">=";
    case TokenKind::kLbrace:
      return "{";
    case TokenKind::kLbracket:
      return "[";
    case TokenKind::kLparen:
      return "(";
    case TokenKind::kLt:
      return "<";
    case TokenKind::kLteq:
      return "<=";
    case TokenKind::kMod:
      return "%";
    case TokenKind::kMul:
      return "*";
    case TokenKind::kNe:
      return "!=";
    case TokenKind::kPipe:
      return "|";
    case TokenKind::kPow:
      return "**";
    case TokenKind::kRbrace:
      return "}";
    case TokenKind::kRbracket:
      return "]";
    case TokenKind::kRparen:
      return ")";
    case TokenKind::kSemicolon:
      return ";";
    case TokenKind::kSub:
      return "-";
    case TokenKind::kTilde:
      return "~";
    case TokenKind::kEnd:
      return "end of template";
    case TokenKind::kError:
      return "error";
  }
  return "token";
}

std::string describe(const Token& token) {
  return std::string(token.kind == TokenKind::kName ? token.text : describe(token.kind));
}

bool TokenStream::at_any_name(std::initializer_list<std::string_view> names) const {
  return at(TokenKind::kName) && std::find(names.begin(), names.end(), current().text) != names.end();
}

const Token& TokenStream::next() {
  const Token& left = current();
  if (!at(TokenKind::kEnd)) {
    ++position_;
    check();
  }
  return left;
}

bool TokenStream::skip(TokenKind kind) {
  if (!at(kind)) return false;
  next();
  return true;
}

bool TokenStream::skip_name(std::string_view name) {
  if (!at_name(name)) return false;
  next();
  return true;
}

const Token& TokenStream::expect(TokenKind kind) {
  if (!at(kind)) unexpected(describe(kind));
  return next();
}

void TokenStream::expect_name(std::string_view name) {
  if (!at_name(name)) unexpected(name);
  next();
}

void TokenStream::check() const {
  if (at(TokenKind::kError)) syntax_error(current().line, current().text);
}

void TokenStream::unexpected(std::string_view wanted) const {
  if (at(TokenKind::kEnd)) {
    syntax_error(current().line, "unexpected end of template, expected " + repr_text(wanted) + ".");
  }
  syntax_error(current().line, "expected token " + repr_text(wanted) + ", got " + repr_text(describe(current())));
}

}  // namespace rbee::engine::jinja
