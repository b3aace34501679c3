#include "matrix/escape.h"

#include "base/printable.h"
#include "base/utf8.h"

namespace rbee::matrix {

std::string markdown_text(std::string_view text, std::size_t bytes_max) {
  constexpr std::string_view kMarkup = "\\`*_{}[]#|~";
  const std::string valid = replace_invalid_utf8(printable(text, bytes_max));
  std::string out;
  out.reserve(valid.size());
  for (const char c : valid) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (kMarkup.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const DecodedCodepoint next = decode_utf8(text);
    const std::string_view bytes = text.substr(0, next.bytes);
    text.remove_prefix(next.bytes);
    const char32_t c = next.codepoint;
    const bool allowed = c == '\t' || c == '\n' || (c >= 0x20 && c != 0x7F && c != 0xFFFE && c != 0xFFFF);
    if (c == kInvalidCodepoint || !allowed) {
      append_utf8(out, kReplacementCharacter);
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&apos;";
    } else {
      out += bytes;
    }
  }
  return out;
}

}  // namespace rbee::matrix
