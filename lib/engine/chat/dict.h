#pragma once
// Python's dict operations, hashing and equality.

#include <cstddef>
#include <string_view>

#include "engine/chat/runtime.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// Python's ==. Charges the budget for what it compares.
bool equal(Runtime& runtime, const Value& a, const Value& b);

/// Throws "cannot use 'list' as a dict key (unhashable type: 'list')" for a key that Python cannot hash.
std::size_t hash_value(Runtime& runtime, const Value& key);

/// Null when absent; throws for unhashable keys.
const Value* find_item(Runtime& runtime, const Dict& dict, const Value& key);
const Value* find_item(const Dict& dict, std::string_view key);
/// Adds or replaces. At most kItemsMax entries.
void set_item(Runtime& runtime, Dict& dict, const Value& key, const Value& value);

}  // namespace rbee::engine::jinja
