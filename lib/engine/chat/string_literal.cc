#include "engine/chat/string_literal.h"

#include <cstdint>

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Takes exactly `count` hex digits after \x, \u or \U.
char32_t take_hex(std::string_view& rest, std::size_t count, std::string_view form) {
  char32_t codepoint = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = i < rest.size() ? hex_digit(rest[i]) : -1;
    if (digit < 0) fail(ErrorKind::kBadFile, "truncated {} escape", form);
    codepoint = codepoint * 16 + static_cast<char32_t>(digit);
  }
  rest.remove_prefix(count);
  if (codepoint > 0x10FFFF) fail(ErrorKind::kBadFile, "illegal Unicode character");
  if (codepoint >= 0xD800 && codepoint <= 0xDFFF) {
    fail(ErrorKind::kBadFile, "surrogate \\u{:04x} in a string; write the character itself", std::uint32_t{codepoint});
  }
  return codepoint;
}

char32_t take_octal(std::string_view& rest, char first) {
  char32_t codepoint = static_cast<char32_t>(first - '0');
  for (int i = 0; i < 2 && !rest.empty() && rest.front() >= '0' && rest.front() <= '7'; ++i) {
    codepoint = codepoint * 8 + static_cast<char32_t>(rest.front() - '0');
    rest.remove_prefix(1);
  }
  return codepoint;
}

// A backslash before a character outside ASCII: jinja2 first writes the character as an escape of its own, whose
// backslash this one then quotes.
void append_quoted_escape(std::string& out, char32_t c) {
  const std::uint32_t code = c;
  out.push_back('\\');
  if (code < 0x100) {
    out += fmt::format("x{:02x}", code);
  } else {
    out += code < 0x10000 ? fmt::format("u{:04x}", code) : fmt::format("U{:08x}", code);
  }
}

void append_escape(std::string& out, std::string_view& rest) {
  const char32_t c = take_codepoint(rest);
  if (c >= 0x80) return append_quoted_escape(out, c);
  constexpr std::string_view kNames = "\\'\"abfnrtv";
  constexpr std::string_view kMeanings = "\\'\"\a\b\f\n\r\t\v";
  const char name = static_cast<char>(c);
  if (const std::size_t i = kNames.find(name); i != std::string_view::npos) {
    out.push_back(kMeanings[i]);
  } else if (name >= '0' && name <= '7') {
    append_utf8(out, take_octal(rest, name));
  } else if (name == 'x') {
    append_utf8(out, take_hex(rest, 2, "\\xXX"));
  } else if (name == 'u') {
    append_utf8(out, take_hex(rest, 4, "\\uXXXX"));
  } else if (name == 'U') {
    append_utf8(out, take_hex(rest, 8, "\\UXXXXXXXX"));
  } else if (name == 'N') {
    fail(ErrorKind::kBadFile, "\\N escapes are not supported; write the character itself");
  } else if (name != '\n') {  // a newline is joined away
    out.push_back('\\');
    out.push_back(name);
  }
}

}  // namespace

std::string unescape_string(std::string_view literal) {
  std::string out;
  out.reserve(literal.size());
  while (!literal.empty()) {
    const std::size_t backslash = literal.find('\\');
    out += literal.substr(0, backslash);
    if (backslash == std::string_view::npos) break;
    literal.remove_prefix(backslash + 1);
    if (literal.empty()) fail(ErrorKind::kBadFile, "\\ at end of string");
    append_escape(out, literal);
  }
  return out;
}

}  // namespace rbee::engine::jinja
