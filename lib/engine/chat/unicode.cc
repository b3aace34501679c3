#include "engine/chat/unicode.h"

#include <algorithm>
#include <array>

#include <utf8proc.h>

#include "base/utf8.h"

namespace rbee::engine::jinja {
namespace {

utf8proc_category_t category(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

// The characters whose capital form has several letters, as far as text in practice holds them
// (Unicode SpecialCasing.txt, unconditional mappings).
struct SpecialUpper {
  char32_t from;
  std::string_view upper;
  std::string_view title;
};
constexpr std::array<SpecialUpper, 12> kSpecialUpper = {{
    {0xDF, "SS", "Ss"},
    {0x149, "\xCA\xBCN", "\xCA\xBCN"},
    {0x1F0, "J\xCC\x8C", "J\xCC\x8C"},
    {0x587, "\xD4\xB5\xD5\x92", "\xD4\xB5\xD6\x82"},
    {0xFB00, "FF", "Ff"},
    {0xFB01, "FI", "Fi"},
    {0xFB02, "FL", "Fl"},
    {0xFB03, "FFI", "Ffi"},
    {0xFB04, "FFL", "Ffl"},
    {0xFB05, "ST", "St"},
    {0xFB06, "ST", "St"},
    {0x1E96, "H\xCC\xB1", "H\xCC\xB1"},
}};

const SpecialUpper* find_special(char32_t c) {
  for (const SpecialUpper& special : kSpecialUpper) {
    if (special.from == c) return &special;
  }
  return nullptr;
}

void append_upper(std::string& out, char32_t c) {
  if (const SpecialUpper* special = find_special(c)) {
    out += special->upper;
  } else {
    append_utf8(out, static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c))));
  }
}

void append_title(std::string& out, char32_t c) {
  if (const SpecialUpper* special = find_special(c)) {
    out += special->title;
  } else {
    append_utf8(out, static_cast<char32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(c))));
  }
}

bool is_cased(char32_t c) {
  return is_lower(c) || is_upper(c) || is_titlecase(c);
}

// Characters between a letter and the end of its word that do not count for the final sigma.
bool is_case_ignorable(char32_t c) {
  switch (category(c)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      return c == '\'' || c == '.' || c == ':' || c == 0xB7 || c == 0x2019;
  }
}

// SpecialCasing.txt Final_Sigma: a cased letter before, none after.
bool is_final_sigma(std::string_view before, std::string_view after) {
  bool cased_before = false;
  while (!before.empty() && !cased_before) {
    std::string_view last = last_codepoint(before);
    before.remove_suffix(last.size());
    const char32_t c = take_codepoint(last);
    if (is_case_ignorable(c)) continue;
    if (!is_cased(c)) return false;
    cased_before = true;
  }
  if (!cased_before) return false;
  while (!after.empty()) {
    const char32_t c = take_codepoint(after);
    if (!is_case_ignorable(c)) return !is_cased(c);
  }
  return true;
}

// Appends the small form of `c`, which stands between `before` and `after`.
void append_lower(std::string& out, char32_t c, std::string_view before, std::string_view after) {
  constexpr char32_t kCapitalSigma = 0x3A3, kFinalSigma = 0x3C2, kDottedI = 0x130;
  if (c == kCapitalSigma && is_final_sigma(before, after)) {
    append_utf8(out, kFinalSigma);
  } else if (c == kDottedI) {
    out += "i\xCC\x87";
  } else {
    append_utf8(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
  }
}

// Calls `append(out, codepoint, before, after)` for every code point.
template <typename Append>
std::string map_codepoints(std::string_view text, Append append) {
  std::string out;
  out.reserve(text.size());
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view before = text.substr(0, text.size() - rest.size());
    const char32_t c = take_codepoint(rest);
    append(out, c, before, rest);
  }
  return out;
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::size_t count_codepoints(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::size_t byte_offset(std::string_view text, std::size_t codepoint_index) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    if ((static_cast<unsigned char>(text[offset]) & 0xC0) != 0x80 && codepoint_index-- == 0) return offset;
    ++offset;
  }
  return text.size();
}

char32_t take_codepoint(std::string_view& rest) {
  const unsigned char first = static_cast<unsigned char>(rest.front());
  if (first < 0x80) {
    rest.remove_prefix(1);
    return first;
  }
  const DecodedCodepoint decoded = decode_utf8(rest);
  rest.remove_prefix(decoded.bytes);
  return decoded.codepoint == kInvalidCodepoint ? kReplacementCharacter : decoded.codepoint;
}

std::string_view last_codepoint(std::string_view text) {
  std::size_t start = text.size() - 1;
  while (start > 0 && text.size() - start < 4 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
  return text.substr(start);
}

bool is_space(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
         c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_line_break(char32_t c) {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_alpha(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  switch (category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return true;
    default:
      return false;
  }
}

bool is_decimal(char32_t c) {
  if (c < 0x80) return c >= '0' && c <= '9';
  return category(c) == UTF8PROC_CATEGORY_ND;
}

bool is_digit(char32_t c) {
  return is_decimal(c) || c == 0xB2 || c == 0xB3 || c == 0xB9 || c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ||
         (c >= 0x2080 && c <= 0x2089) || (c >= 0x2460 && c <= 0x2468);
}

bool is_numeric(char32_t c) {
  if (is_digit(c)) return true;
  const utf8proc_category_t kind = category(c);
  return c >= 0x80 && (kind == UTF8PROC_CATEGORY_NL || kind == UTF8PROC_CATEGORY_NO);
}

// The marked extras are the code points with Other_Lowercase and Other_Uppercase.
bool is_lower(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z';
  return category(c) == UTF8PROC_CATEGORY_LL || c == 0xAA || c == 0xBA || (c >= 0x2B0 && c <= 0x2B8) ||
         (c >= 0x2170 && c <= 0x217F) || (c >= 0x24D0 && c <= 0x24E9);
}

bool is_upper(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z';
  return category(c) == UTF8PROC_CATEGORY_LU || (c >= 0x2160 && c <= 0x216F) || (c >= 0x24B6 && c <= 0x24CF);
}

bool is_titlecase(char32_t c) {
  return c >= 0x80 && category(c) == UTF8PROC_CATEGORY_LT;
}

bool is_printable(char32_t c) {
  if (c < 0x80) return c >= 0x20 && c < 0x7F;
  switch (category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS:
      return false;
    default:
      return true;
  }
}

bool is_identifier(char32_t c, bool first) {
  if (is_alpha(c) || c == '_') return true;
  if (c < 0x80) return !first && is_decimal(c);
  switch (category(c)) {
    case UTF8PROC_CATEGORY_NL:
      return true;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_PC:
      return !first;
    default:
      return false;
  }
}

std::string to_upper(std::string_view text) {
  return map_codepoints(text,
                        [](std::string& out, char32_t c, std::string_view, std::string_view) { append_upper(out, c); });
}

std::string to_lower(std::string_view text) {
  return map_codepoints(text, append_lower);
}

std::string to_title(std::string_view text) {
  bool in_word = false;
  return map_codepoints(text,
                        [&in_word](std::string& out, char32_t c, std::string_view before, std::string_view after) {
                          if (in_word) {
                            append_lower(out, c, before, after);
                          } else {
                            append_title(out, c);
                          }
                          in_word = is_cased(c);
                        });
}

std::string to_capitalized(std::string_view text) {
  return map_codepoints(text, [](std::string& out, char32_t c, std::string_view before, std::string_view after) {
    if (before.empty()) {
      append_title(out, c);
    } else {
      append_lower(out, c, before, after);
    }
  });
}

std::string swap_case(std::string_view text) {
  return map_codepoints(text, [](std::string& out, char32_t c, std::string_view before, std::string_view after) {
    if (is_upper(c)) {
      append_lower(out, c, before, after);
    } else if (is_lower(c)) {
      append_upper(out, c);
    } else {
      append_utf8(out, c);
    }
  });
}

std::string_view strip_left(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty() && is_space(take_codepoint(rest))) text = rest;
  return text;
}

std::string_view strip_right(std::string_view text) {
  while (!text.empty()) {
    const std::string_view last = last_codepoint(text);
    std::string_view one = last;
    if (!is_space(take_codepoint(one))) break;
    text.remove_suffix(last.size());
  }
  return text;
}

}  // namespace rbee::engine::jinja
