#pragma once
// str.format and the % operator, without any access to attributes or items of the arguments.

#include <string>
#include <string_view>

#include "engine/chat/native.h"
#include "engine/chat/runtime.h"

namespace rbee::engine::jinja {

/// `format.format(*arguments)`. A field may be empty, a position or a name; "{x.y}" and "{x[0]}" are refused with
/// "template: attribute 'x.y' is not allowed".
std::string format_braces(Runtime& runtime, std::string_view format, const Arguments& arguments);

/// How a number or a text is laid out: Python's format specification, as far as fields of text need it.
struct FormatSpec {
  std::string fill = " ";
  char align = 0;  ///< '<', '>', '^', '='; 0: by type
  char sign = '-';
  bool alternate = false;
  bool zero = false;
  char grouping = 0;  ///< ',' or '_'
  std::int64_t width = 0;
  std::int64_t precision = -1;
  char type = 0;
};

/// Throws "Invalid format specifier".
FormatSpec parse_format_spec(std::string_view text);
std::string format_value(Runtime& runtime, const Value& value, const FormatSpec& spec);

}  // namespace rbee::engine::jinja
