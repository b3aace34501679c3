#pragma once
// Parses a whole template.

#include <memory>
#include <string_view>

#include "engine/chat/ast.h"

namespace rbee::engine::jinja {

/// Throws Error{kBadFile} "template line 3: ..." for a syntax error, a refused construct (include, import, extends)
/// or a limit of limits.h; the messages after the line are jinja2's where it has one.
std::unique_ptr<const ParsedTemplate> parse_template(std::string_view source);

}  // namespace rbee::engine::jinja
