#pragma once
// Text from outside (names of models, messages of workers) inside the documents of a run.

#include <string>
#include <string_view>

namespace rbee::matrix {

/// For one cell of a Markdown table or one line of text: markup characters escaped, control characters as \xNN, no line
/// breaks, at most `bytes_max` bytes of the text. No text can open a link, an image, a tag or a comment.
std::string markdown_text(std::string_view text, std::size_t bytes_max = 300);

/// For content and attributes of XML 1.0: the five special characters as entities; what XML cannot hold (control
/// characters other than tab and line feed, U+FFFE, U+FFFF) as U+FFFD.
std::string xml_text(std::string_view text);

}  // namespace rbee::matrix
