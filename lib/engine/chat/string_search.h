#pragma once
// Searching and building text, shared by filters and methods.

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/chat/native.h"
#include "engine/chat/runtime.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// The part of a text that optional start and end arguments (code points, as in slices) leave.
struct TextRange {
  std::string_view text;
  std::size_t start = 0;  ///< code points before it
  bool valid = true;      ///< false when start lies behind the end
};

/// `given[first]` and the parameter after it are start and end.
TextRange text_range(std::string_view text, const Parameters& given, std::size_t first);

/// Without the code points of `chars` at one end.
std::string_view strip_left_of(std::string_view text, std::string_view chars);
std::string_view strip_right_of(std::string_view text, std::string_view chars);

/// str.replace; a negative count replaces all.
std::string replace_text(Runtime& runtime, std::string_view text, std::string_view from, std::string_view to,
                         Integer count);

/// `count` times `text`, charged before it is made.
std::string repeat_text(Runtime& runtime, std::string_view text, Integer count);

/// separator.join(items); items must be strings.
std::string join_texts(Runtime& runtime, std::string_view separator, const Value& items);

/// The parts of str.splitlines(); `keep_ends` keeps the line breaks.
std::vector<std::string_view> split_lines(std::string_view text, bool keep_ends);

}  // namespace rbee::engine::jinja
