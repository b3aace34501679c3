#include "engine/tokenizer/unicode_class.h"

#include <algorithm>

#include <utf8proc.h>

namespace rbee::engine {
namespace {

constexpr char32_t kCodepoints = 0x110000;
// Planes 4 to 13 hold no characters.
constexpr char32_t kEmptyFrom = 0x40000, kEmptyTo = 0xE0000;

bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Symbols that are Alphabetic (Other_Alphabetic, PropList.txt), and Join_Control.
bool is_word_beside_category(char32_t c) {
  return (c >= 0x24B6 && c <= 0x24E9) || (c >= 0x1F130 && c <= 0x1F149) || (c >= 0x1F150 && c <= 0x1F169) ||
         (c >= 0x1F170 && c <= 0x1F189) || c == 0x200C || c == 0x200D;
}

std::uint16_t category_bits(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
      return kLetter | kUpper | kWord;
    case UTF8PROC_CATEGORY_LL:
      return kLetter | kLower | kWord;
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return kLetter | kWord;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return kMark | kWord;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
      return kNumber | kWord;
    case UTF8PROC_CATEGORY_NO:
      return kNumber;
    case UTF8PROC_CATEGORY_PC:
      return kPunctuation | kWord;
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return kPunctuation;
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
      return kSymbol;
    default:
      return 0;
  }
}

std::uint16_t class_bits(char32_t c) {
  std::uint16_t bits = category_bits(c);
  if (is_white_space(c)) bits |= kSpace;
  if (is_word_beside_category(c)) bits |= kWord;
  const auto code = static_cast<utf8proc_int32_t>(c);
  const bool hangul_vowel_or_tail = (c >= 0x1161 && c <= 0x1175) || (c >= 0x11A8 && c <= 0x11C2);
  if (hangul_vowel_or_tail || utf8proc_get_property(code)->combining_class != 0) bits |= kNfcInside;
  return bits;
}

bool is_hangul_syllable(char32_t c) {
  return c >= 0xAC00 && c <= 0xD7A3;
}

}  // namespace

UnicodeClass::UnicodeClass() {
  std::vector<std::uint16_t> all(kCodepoints, 0);
  for (char32_t c = 0; c < kCodepoints; ++c) {
    if (c == kEmptyFrom) c = kEmptyTo;
    all[c] |= class_bits(c);
    // What has a canonical decomposition: not its own NFC form, or its last part may combine with what precedes.
    const utf8proc_property_t* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
    if (property->decomp_seqindex == UINT16_MAX || property->decomp_type != 0 || is_hangul_syllable(c)) continue;
    std::array<utf8proc_int32_t, 32> parts{};
    int boundary = 0;
    const auto n = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts.data(), parts.size(),
                                           static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE), &boundary);
    if (n < 1 || n > static_cast<utf8proc_ssize_t>(parts.size())) continue;
    if (n > 1) all[static_cast<char32_t>(parts[static_cast<std::size_t>(n) - 1])] |= kNfcInside;
    const auto composed =
        utf8proc_normalize_utf32(parts.data(), n, static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
    if (composed != 1 || static_cast<char32_t>(parts[0]) != c) all[c] |= kNfcInside;
  }
  // Equal neighbours share a page.
  for (std::size_t page = 0; page < page_of_.size(); ++page) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(page * 256), end = begin + 256;
    const bool repeats = !pages_.empty() && std::equal(begin, end, pages_.end() - 256);
    if (!repeats) pages_.insert(pages_.end(), begin, end);
    page_of_[page] = static_cast<std::uint16_t>(pages_.size() / 256 - 1);
  }
}

const UnicodeClass& unicode_class() {
  static const UnicodeClass table;
  return table;
}

}  // namespace rbee::engine
