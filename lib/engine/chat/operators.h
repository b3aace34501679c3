#pragma once
// Python's operators on values, with its error messages.

#include <cstddef>
#include <optional>

#include "engine/chat/ast.h"
#include "engine/chat/runtime.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// bool(value).
bool is_true(const Value& value);
/// len(value), for the kinds that have one.
std::optional<std::size_t> find_length(const Value& value);
/// len(value); throws "object of type 'int' has no len()".
std::size_t get_length(const Value& value);
/// Python's `is`.
bool same_object(const Value& a, const Value& b);

/// Below, at or above zero as a < b, a == b, a > b; unordered (a NaN) is kUnordered. Both are numbers.
constexpr int kUnordered = 2;
int compare_numbers(const Value& a, const Value& b);

/// One of + - * / // % **.
Value arithmetic(Runtime& runtime, Operation operation, const Value& left, const Value& right);
Value negate(const Value& value);
Value plus(const Value& value);

/// One of == != < <= > >= in, not in.
bool compare(Runtime& runtime, Operation operation, const Value& left, const Value& right);
/// `item in container`.
bool contains(Runtime& runtime, const Value& container, const Value& item);
/// a < b, as sorting asks.
bool less(Runtime& runtime, const Value& a, const Value& b);

}  // namespace rbee::engine::jinja
