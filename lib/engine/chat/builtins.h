#pragma once
// The tables of built-in filters, tests, methods and global functions. Nothing outside them can be called, save macros.

#include <string_view>

#include "engine/chat/native.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// Null when there is none of that name.
const NativeSpec* find_filter(std::string_view name);
const NativeSpec* find_test(std::string_view name);
const NativeSpec* find_global(std::string_view name);
/// A method of the receiver's type.
const NativeSpec* find_method(const Value& receiver, std::string_view name);

/// Filters that jinja2 has and chat templates may not use: reflection and randomness.
bool is_refused_filter(std::string_view name);
/// A method that would change its receiver, which the immutable sandbox forbids.
bool is_mutating_method(const Value& receiver, std::string_view name);

/// The tables by part; each ends with a spec that has no name.
const NativeSpec* text_filters();
const NativeSpec* markup_filters();
const NativeSpec* number_filters();
const NativeSpec* sequence_filters();
const NativeSpec* selection_filters();
const NativeSpec* ordering_filters();
const NativeSpec* all_tests();
const NativeSpec* all_globals();
const NativeSpec* string_methods();
const NativeSpec* string_split_methods();
const NativeSpec* string_class_methods();
const NativeSpec* list_methods();
const NativeSpec* dict_methods();
const NativeSpec* loop_methods();
const NativeSpec* cycler_methods();

/// The test or filter with this name (a string value), for select, map and their kin. Throws jinja2's
/// "No test named 'x'.".
const NativeSpec& require_test(const Value& name);
const NativeSpec& require_filter(const Value& name);

}  // namespace rbee::engine::jinja
