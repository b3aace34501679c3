#pragma once
// What the cased characters of a text are, as Python's str.islower and str.isupper answer.

#include <string_view>

namespace rbee::engine::jinja {

bool has_lower_case(std::string_view text);
bool has_upper_case(std::string_view text);
bool has_only_printable(std::string_view text);

}  // namespace rbee::engine::jinja
