#pragma once
// Built-in functions: filters, tests, methods and globals have one form.

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/chat/runtime.h"
#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// The evaluated arguments of a call.
struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<Value, Value>> named;  ///< name (a string), value; in the order of the call

  /// Takes a named argument out; false when it was not given.
  bool take_named(std::string_view name, Value& value);
};

/// `self` is a filter's input, a test's subject or a method's receiver. Throws template_error.
using Native = Value (*)(Runtime& runtime, const Value& self, const Arguments& arguments);

struct NativeSpec {
  std::string_view name;
  Native function = nullptr;
};

/// Arguments put in the order of a function's parameters. Throws Python's TypeErrors.
class Parameters {
 public:
  static constexpr std::size_t kMax = 6;
  /// `required`: how many of `names` must be given.
  Parameters(std::string_view function, const Arguments& arguments, std::initializer_list<std::string_view> names,
             std::size_t required = 0);

  bool has(std::size_t index) const { return given_[index]; }
  const Value& operator[](std::size_t index) const { return values_[index]; }
  Value get(std::size_t index, const Value& fallback) const { return given_[index] ? values_[index] : fallback; }
  bool get_bool(std::size_t index, bool fallback) const;
  /// Throws a TypeError for what is no integer.
  Integer get_integer(std::size_t index, Integer fallback) const;

 private:
  std::array<Value, kMax> values_;
  std::array<bool, kMax> given_{};
};

/// An argument that must be an integer: "'str' object cannot be interpreted as an integer".
Integer to_index(const Value& value);
/// The same, brought into the range of sizes.
std::int64_t to_small_index(const Value& value);

}  // namespace rbee::engine::jinja
