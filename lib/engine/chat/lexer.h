#pragma once
// Splits a template into tokens, as jinja2.lexer does with trim_blocks and lstrip_blocks on and
// keep_trailing_newline off.

#include <memory>
#include <string_view>

#include "engine/chat/token.h"

namespace rbee::engine::jinja {

/// Never throws for bad templates: the list then ends with a kError token, so that the parser reports what comes
/// first. `source` must be UTF-8.
std::unique_ptr<const TokenList> tokenize(std::string_view source);

}  // namespace rbee::engine::jinja
