#pragma once
// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rbee {

constexpr char32_t kReplacementCharacter = 0xFFFD;
constexpr char32_t kInvalidCodepoint = 0xFFFFFFFF;

struct DecodedCodepoint {
  char32_t codepoint;   ///< kInvalidCodepoint where the bytes are not UTF-8
  std::uint32_t bytes;  ///< how many bytes it took; for invalid input the maximal subpart (at least 1)
};

/// Decodes the code point at the start of `text`, which must not be empty.
DecodedCodepoint decode_utf8(std::string_view text);

/// Appends `codepoint` (a Unicode scalar value) to `out`.
void append_utf8(std::string& out, char32_t codepoint);

/// The offset of the first byte that is not UTF-8, or npos when all of `text` is valid.
std::size_t find_invalid_utf8(std::string_view text);

/// `text` with every invalid maximal subpart replaced by U+FFFD (as Rust's from_utf8_lossy and WHATWG do).
std::string replace_invalid_utf8(std::string_view text);

/// How many bytes at the end of `text` begin a character that is not complete yet (0 to 3). Bytes that can
/// never become a character do not count.
std::size_t incomplete_utf8_tail(std::string_view text);

}  // namespace rbee
