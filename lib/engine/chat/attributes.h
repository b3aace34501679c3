#pragma once
// Access to the members of values: data, and the methods of the tables, nothing else.

#include "engine/chat/runtime.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// object.name: a method first, then an item. Undefined when there is neither. Throws
/// "template: attribute '__class__' is not allowed" for Python's internals.
Value get_attribute(Runtime& runtime, const Value& object, const Value& name);

/// object[key]: an item first, then a method.
Value get_item(Runtime& runtime, const Value& object, const Value& key);

/// object[start:stop:step]; each bound is an integer or None.
Value get_slice(Runtime& runtime, const Value& object, const Value& start, const Value& stop, const Value& step);

/// What follows the path "a.b.0" from `object`, as map(attribute=) reads it. `path` is a string or an integer.
Value get_path(Runtime& runtime, const Value& object, const Value& path);

}  // namespace rbee::engine::jinja
