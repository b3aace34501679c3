#pragma once
// What pre-tokenization needs to know of a code point, in one table lookup. Unicode 15, from utf8proc.

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace rbee::engine {

/// Bits of a code point's class. Letter case is disjoint: Lu and Lt are kUpper, Ll is kLower, Lm and Lo neither.
enum UnicodeBits : std::uint16_t {
  kLetter = 1 << 0,       // L*
  kNumber = 1 << 1,       // N*
  kMark = 1 << 2,         // M*
  kPunctuation = 1 << 3,  // P*
  kSymbol = 1 << 4,       // S*
  kSpace = 1 << 5,        // White_Space
  kUpper = 1 << 6,        // Lu, Lt
  kLower = 1 << 7,        // Ll
  kWord = 1 << 8,         // \w of UTS 18: Alphabetic, M, Nd, Pc, Join_Control
  kNfcInside = 1 << 9,    // may combine with what stands before it, or is not its own NFC form
};

/// The class bits of every code point. Immutable.
class UnicodeClass {
 public:
  UnicodeClass();
  std::uint16_t operator[](char32_t codepoint) const {
    return pages_[page_of_[codepoint >> 8] * std::size_t{256} + (codepoint & 0xFF)];
  }

 private:
  std::array<std::uint16_t, 0x1100> page_of_{};
  std::vector<std::uint16_t> pages_;
};

/// The one table, built at first use; it never changes.
const UnicodeClass& unicode_class();

/// A code point and the bytes it takes.
struct Codepoint {
  char32_t value;
  std::uint32_t bytes;
};

/// Decodes at `p`, which must stand at the start of a character of valid UTF-8.
inline Codepoint codepoint_at(const char* p) {
  const auto byte = [p](int i) { return static_cast<char32_t>(static_cast<unsigned char>(p[i])); };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xE0) return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (lead < 0xF0) return {(lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  return {(lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), 4};
}

/// The offset of the character that ends before `end`, in valid UTF-8; `end` > 0.
inline std::size_t codepoint_before(std::string_view text, std::size_t end) {
  do --end;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80);
  return end;
}

}  // namespace rbee::engine
