#include "engine/chat/lexer.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"
#include "engine/chat/python_text.h"
#include "engine/chat/string_literal.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

constexpr auto npos = std::string_view::npos;

struct Operator {
  std::string_view text;
  TokenKind kind;
};
// Longer ones first.
constexpr std::array<Operator, 26> kOperators = {{
    {"//", TokenKind::kFloordiv}, {"**", TokenKind::kPow},      {"==", TokenKind::kEq},    {"!=", TokenKind::kNe},
    {">=", TokenKind::kGteq},     {"<=", TokenKind::kLteq},     {"+", TokenKind::kAdd},    {"-", TokenKind::kSub},
    {"/", TokenKind::kDiv},       {"*", TokenKind::kMul},       {"%", TokenKind::kMod},    {"~", TokenKind::kTilde},
    {"[", TokenKind::kLbracket},  {"]", TokenKind::kRbracket},  {"(", TokenKind::kLparen}, {")", TokenKind::kRparen},
    {"{", TokenKind::kLbrace},    {"}", TokenKind::kRbrace},    {">", TokenKind::kGt},     {"<", TokenKind::kLt},
    {"=", TokenKind::kAssign},    {".", TokenKind::kDot},       {":", TokenKind::kColon},  {"|", TokenKind::kPipe},
    {",", TokenKind::kComma},     {";", TokenKind::kSemicolon},
}};

// Newlines of every style become \n, and one newline at the end is dropped.
std::string normalize_newlines(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\r') {
      out.push_back('\n');
      if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    } else {
      out.push_back(source[i]);
    }
  }
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

bool is_digit_char(char c) {
  return c >= '0' && c <= '9';
}

class Lexer {
 public:
  explicit Lexer(TokenList& list) : list_(list), source_(list.source) {}

  void run() {
    try {
      while (position_ < source_.size()) root();
      emit(TokenKind::kEnd, position_, {});
    } catch (const Error& error) {  // becomes a token: the parser may find another fault before it
      list_.texts.emplace_back(error.what());
      emit(TokenKind::kError, position_, list_.texts.back());
    }
  }

 private:
  [[noreturn]] static void stop(const std::string& message) { throw Error(ErrorKind::kBadFile, message); }

  std::string_view rest() const { return source_.substr(position_); }

  void emit(TokenKind kind, std::size_t at, std::string_view text) {
    line_ += static_cast<std::uint32_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(line_at_),
                                                   source_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    line_at_ = at;
    list_.tokens.push_back({kind, line_, text});
  }

  void skip_space() { position_ = source_.size() - strip_left(rest()).size(); }

  void finish_match() { line_starting_ = position_ > 0 && source_[position_ - 1] == '\n'; }

  // Text up to the next tag, then the tag.
  void root() {
    const std::size_t tag = find_tag(position_);
    if (tag == npos) {
      emit(TokenKind::kData, position_, rest());
      position_ = source_.size();
      return;
    }
    const char type = source_[tag + 1];
    const char sign = sign_at(tag + 2);
    emit_data(position_, tag, sign, type != '{');
    position_ = tag + 2 + (sign != 0 ? 1 : 0);
    if (type == '#') {
      finish_match();
      comment();
    } else if (type == '{') {
      emit(TokenKind::kVariableBegin, tag, {});
      finish_match();
      expression(TokenKind::kVariableEnd);
    } else if (const std::size_t raw_end = match_raw_begin(); raw_end != npos) {
      position_ = raw_end;
      finish_match();
      raw();
    } else {
      emit(TokenKind::kBlockBegin, tag, {});
      finish_match();
      expression(TokenKind::kBlockEnd);
    }
  }

  std::size_t find_tag(std::size_t from) const {
    for (std::size_t at = source_.find('{', from); at != npos; at = source_.find('{', at + 1)) {
      const char next = at + 1 < source_.size() ? source_[at + 1] : '\0';
      if (next == '{' || next == '%' || next == '#') return at;
    }
    return npos;
  }

  char sign_at(std::size_t at) const {
    if (at < source_.size() && (source_[at] == '-' || source_[at] == '+')) return source_[at];
    return 0;
  }

  // Text before a tag: "-" strips white space, and tags other than {{ }} lose the indentation before them.
  void emit_data(std::size_t begin, std::size_t end, char sign, bool is_block) {
    std::string_view text = source_.substr(begin, end - begin);
    if (sign == '-') {
      text = strip_right(text);
    } else if (sign != '+' && is_block) {
      const std::size_t line_start = text.rfind('\n') + 1;  // npos + 1 is 0
      if ((line_start > 0 || line_starting_) && line_start < text.size() &&
          strip_left(text.substr(line_start)).empty()) {
        text = text.substr(0, line_start);
      }
    }
    if (!text.empty()) emit(TokenKind::kData, begin, text);
  }

  // The end of "raw -%}" or "raw %}" with the white space around it, npos when this is no raw block.
  std::size_t match_raw_begin() const {
    std::string_view text = strip_left(rest());
    if (!text.starts_with("raw")) return npos;
    text = strip_left(text.substr(3));
    if (text.starts_with("-%}")) return source_.size() - strip_left(text.substr(3)).size();
    if (text.starts_with("%}")) return source_.size() - text.size() + 2;
    return npos;
  }

  // The end of a tag that closes at `at` with `close` ("%}" or "#}"), trimming what follows; npos when it does not.
  std::size_t match_close(std::size_t at, std::string_view close) const {
    const std::string_view text = source_.substr(at);
    if (text.starts_with('+') && text.substr(1).starts_with(close)) return at + 3;
    if (text.starts_with('-') && text.substr(1).starts_with(close)) {
      return source_.size() - strip_left(text.substr(3)).size();
    }
    if (text.starts_with(close)) return at + (text.substr(2).starts_with('\n') ? 3 : 2);
    return npos;
  }

  void comment() {
    if (position_ == source_.size()) return;  // as jinja2: a tag opened by the last two characters is ignored
    const std::size_t close = source_.find("#}", position_);
    if (close == npos) stop("Missing end of comment tag");
    const bool has_sign = close > position_ && sign_at(close - 1) != 0;
    position_ = match_close(has_sign ? close - 1 : close, "#}");
    finish_match();
  }

  void raw() {
    if (position_ == source_.size()) return;
    for (std::size_t at = source_.find("{%", position_); at != npos; at = source_.find("{%", at + 1)) {
      const char sign = sign_at(at + 2);
      const std::string_view inner = strip_left(source_.substr(at + 2 + (sign != 0 ? 1 : 0)));
      if (!inner.starts_with("endraw")) continue;
      const std::string_view after = strip_left(inner.substr(6));
      const std::size_t end = match_close(source_.size() - after.size(), "%}");
      if (end == npos) continue;
      emit_data(position_, at, sign, true);
      position_ = end;
      finish_match();
      return;
    }
    stop("Missing end of raw directive");
  }

  // The inside of {{ }} or {% %} up to its end.
  void expression(TokenKind end_kind) {
    while (position_ < source_.size()) {
      if (open_.empty() && match_end(end_kind)) return;
      const std::size_t before = position_;
      skip_space();
      if (position_ == before) token();
    }
  }

  bool match_end(TokenKind end_kind) {
    std::size_t end = npos;
    if (end_kind == TokenKind::kBlockEnd) {
      end = match_close(position_, "%}");
    } else if (rest().starts_with("-}}")) {
      end = source_.size() - strip_left(rest().substr(3)).size();
    } else if (rest().starts_with("}}")) {
      end = position_ + 2;
    }
    if (end == npos) return false;
    emit(end_kind, position_, {});
    position_ = end;
    finish_match();
    return true;
  }

  void token() {
    const char c = source_[position_];
    if (is_digit_char(c)) return number();
    std::string_view name = rest();
    if (const char32_t first = take_codepoint(name); is_identifier(first, false)) return identifier();
    if ((c == '\'' || c == '"') && string(c)) return;
    for (const Operator& op : kOperators) {
      if (!rest().starts_with(op.text)) continue;
      balance(c);
      emit(op.kind, position_, op.text);
      position_ += op.text.size();
      return;
    }
    std::string_view one = rest();
    const char32_t bad = take_codepoint(one);
    std::string text;
    append_utf8(text, bad);
    stop(fmt::format("unexpected char {} at {}", repr_text(text), count_codepoints(source_.substr(0, position_))));
  }

  void balance(char c) {
    if (c == '{') open_.push_back('}');
    if (c == '(') open_.push_back(')');
    if (c == '[') open_.push_back(']');
    if (c != '}' && c != ')' && c != ']') return;
    if (open_.empty()) stop(fmt::format("unexpected '{}'", c));
    const char expected = open_.back();
    open_.pop_back();
    if (expected != c) stop(fmt::format("unexpected '{}', expected '{}'", c, expected));
  }

  void identifier() {
    const std::size_t begin = position_;
    std::string_view text = rest();
    std::string_view after = text;
    while (!after.empty()) {
      std::string_view next = after;
      if (!is_identifier(take_codepoint(next), false)) break;
      after = next;
    }
    text.remove_suffix(after.size());
    std::string_view head = text;
    if (!is_identifier(take_codepoint(head), true)) stop("Invalid character in identifier");
    emit(TokenKind::kName, begin, text);
    position_ = begin + text.size();
  }

  // False when the quote is never closed.
  bool string(char quote) {
    std::size_t end = position_ + 1;
    while (end < source_.size() && source_[end] != quote) end += source_[end] == '\\' ? 2 : 1;
    if (end >= source_.size()) return false;
    list_.texts.push_back(unescape_string(source_.substr(position_ + 1, end - position_ - 1)));
    emit(TokenKind::kString, position_, list_.texts.back());
    position_ = end + 1;
    return true;
  }

  // Digits with single underscores between them, from `at`; returns the end.
  template <typename IsDigit>
  std::size_t digits(std::size_t at, IsDigit is_digit_of_base) const {
    while (at < source_.size()) {
      const bool underscore = source_[at] == '_' && at + 1 < source_.size() && is_digit_of_base(source_[at + 1]);
      if (!underscore && !is_digit_of_base(source_[at])) break;
      at += underscore ? 2 : 1;
    }
    return at;
  }

  void number() {
    const std::size_t begin = position_;
    std::size_t end = match_float(begin);
    TokenKind kind = TokenKind::kFloat;
    if (end == npos) {
      kind = TokenKind::kInteger;
      end = match_integer(begin);
    }
    std::string text(source_.substr(begin, end - begin));
    text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
    list_.texts.push_back(std::move(text));
    emit(kind, begin, list_.texts.back());
    position_ = end;
  }

  // "1.5", "1e3", "1.5e-3"; npos when an integer stands here. Not after a dot: a.0.1 is two subscripts.
  std::size_t match_float(std::size_t begin) const {
    if (begin > 0 && source_[begin - 1] == '.') return npos;
    std::size_t end = digits(begin, is_digit_char);
    bool is_float = false;
    if (end + 1 < source_.size() && source_[end] == '.' && is_digit_char(source_[end + 1])) {
      end = digits(end + 1, is_digit_char);
      is_float = true;
    }
    if (end < source_.size() && (source_[end] == 'e' || source_[end] == 'E')) {
      std::size_t exponent = end + 1;
      if (sign_at(exponent) != 0) ++exponent;
      if (exponent < source_.size() && is_digit_char(source_[exponent])) {
        end = digits(exponent, is_digit_char);
        is_float = true;
      }
    }
    return is_float ? end : npos;
  }

  std::size_t match_integer(std::size_t begin) const {
    if (source_[begin] != '0') return digits(begin, is_digit_char);
    const char base = begin + 1 < source_.size() ? static_cast<char>(source_[begin + 1] | 0x20) : '\0';
    const auto in_base = [base](char c) {
      if (base == 'b') return c == '0' || c == '1';
      if (base == 'o') return c >= '0' && c <= '7';
      return is_digit_char(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
    };
    if (base == 'b' || base == 'o' || base == 'x') {
      const std::size_t end = digits(begin + 2, in_base);
      if (end > begin + 2) return end;
    }
    return digits(begin, [](char c) { return c == '0'; });
  }

  TokenList& list_;
  const std::string_view source_;
  std::size_t position_ = 0;
  std::size_t line_at_ = 0;  // where line_ holds
  std::uint32_t line_ = 1;
  bool line_starting_ = true;
  std::string open_;  // the closing brackets that are due
};

}  // namespace

std::unique_ptr<const TokenList> tokenize(std::string_view source) {
  auto list = std::make_unique<TokenList>();
  list->source = normalize_newlines(source);
  Lexer(*list).run();
  return list;
}

}  // namespace rbee::engine::jinja
