#pragma once
// C++ source without what a word search must not see.

#include <string>
#include <string_view>
#include <vector>

namespace rbee::style {

/// The lines with comments, and the insides of string and character literals, replaced by spaces: columns and line
/// numbers stay. Knows //, /* */, escapes and raw strings.
std::vector<std::string> code_lines(const std::vector<std::string>& lines);

/// The place of `word` in `line` as a whole identifier, or npos.
std::size_t find_word(std::string_view line, std::string_view word, std::size_t from = 0);

}  // namespace rbee::style
