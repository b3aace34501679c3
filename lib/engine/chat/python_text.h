#pragma once
// How Python writes values as text, and reads numbers.

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/chat/runtime.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// str(value); what {{ }} prints.
std::string to_str(Runtime& runtime, const Value& value);
/// repr(value).
std::string to_repr(Runtime& runtime, const Value& value);
/// repr() of a string.
std::string repr_text(std::string_view text);
/// repr() of a scalar; the type's name for anything larger.
std::string short_repr(const Value& value);
/// repr() of a float: the shortest digits that read back as the same number.
std::string float_text(double number);
std::string integer_text(Integer number);

/// len() of a string: its code points.
std::size_t text_length(const Value& text);

/// What markupsafe.escape does to a text.
std::string escape_html(std::string_view text);

/// int(text, base), base 0 or 2 to 36; false when it is no integer or exceeds 128 bits.
bool parse_integer(std::string_view text, int base, Integer& number);
/// float(text); false when it is no number.
bool parse_float(std::string_view text, double& number);
/// int(number), toward zero; false beyond 128 bits, for NaN and infinities.
bool truncate_float(double number, Integer& integer);

/// `format % arguments`.
Value format_percent(Runtime& runtime, const Value& format, const Value& arguments);

}  // namespace rbee::engine::jinja
