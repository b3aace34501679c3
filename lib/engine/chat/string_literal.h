#pragma once
// The escapes of string literals in templates: Python's.

#include <string>
#include <string_view>

namespace rbee::engine::jinja {

/// The text that the inside of a quoted literal stands for, as Python's unicode-escape decodes what jinja2 hands it
/// (unknown escapes stay as written). Throws Error{kBadFile} with Python's reason for a broken escape.
std::string unescape_string(std::string_view literal);

}  // namespace rbee::engine::jinja
