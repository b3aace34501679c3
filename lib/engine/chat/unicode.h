#pragma once
// Python's view of text: code points, character classes and case mapping.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rbee::engine::jinja {

bool is_ascii(std::string_view text);
/// Code points of UTF-8.
std::size_t count_codepoints(std::string_view text);
/// The byte where the code point with this index starts; text.size() when there are not that many.
std::size_t byte_offset(std::string_view text, std::size_t codepoint_index);
/// Takes the first code point off `rest`, which must not be empty. Bytes that are not UTF-8 count one each.
char32_t take_codepoint(std::string_view& rest);
/// The bytes of the last code point of `text`, which must not be empty.
std::string_view last_codepoint(std::string_view text);

/// str.isspace of one character.
bool is_space(char32_t c);
/// Where str.splitlines breaks.
bool is_line_break(char32_t c);
bool is_alpha(char32_t c);
bool is_decimal(char32_t c);
bool is_digit(char32_t c);
bool is_numeric(char32_t c);
bool is_lower(char32_t c);
bool is_upper(char32_t c);
bool is_titlecase(char32_t c);
/// What repr() shows as it is.
bool is_printable(char32_t c);
/// A character that may stand in an identifier (`first`: begin one).
bool is_identifier(char32_t c, bool first);

std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
/// str.title: words are runs of cased letters.
std::string to_title(std::string_view text);
std::string to_capitalized(std::string_view text);
std::string swap_case(std::string_view text);

/// Without the white space at the ends, as str.strip().
std::string_view strip_left(std::string_view text);
std::string_view strip_right(std::string_view text);

}  // namespace rbee::engine::jinja
