#pragma once
// json.dumps, which transformers' tojson filter is.

#include <optional>
#include <string>

#include "engine/chat/runtime.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

struct JsonStyle {
  bool ensure_ascii = false;
  bool sort_keys = false;
  std::optional<std::string> indent;  ///< per level; nullopt: one line
  std::string item_separator = ", ";
  std::string key_separator = ": ";
};

/// Throws "Object of type Undefined is not JSON serializable" and the like. Integers, floats and separators are
/// written as Python does.
std::string to_json(Runtime& runtime, const Value& value, const JsonStyle& style);

}  // namespace rbee::engine::jinja
