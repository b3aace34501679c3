#include "engine/chat/native.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {

bool Arguments::take_named(std::string_view name, Value& value) {
  for (auto i = named.begin(); i != named.end(); ++i) {
    if (i->first.view_text() != name) continue;
    value = i->second;
    named.erase(i);
    return true;
  }
  return false;
}

Parameters::Parameters(std::string_view function, const Arguments& arguments,
                       std::initializer_list<std::string_view> names, std::size_t required) {
  if (arguments.positional.size() > names.size()) {
    template_error(
        fmt::format("{}() takes at most {} arguments ({} given)", function, names.size(), arguments.positional.size()));
  }
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
    values_[i] = arguments.positional[i];
    given_[i] = true;
  }
  for (const auto& [name, value] : arguments.named) {
    const auto found = std::find(names.begin(), names.end(), name.view_text());
    if (found == names.end()) {
      template_error(fmt::format("{}() got an unexpected keyword argument {}", function, repr_text(name.view_text())));
    }
    const std::size_t i = static_cast<std::size_t>(found - names.begin());
    if (given_[i]) template_error(fmt::format("{}() got multiple values for argument '{}'", function, *found));
    values_[i] = value;
    given_[i] = true;
  }
  for (std::size_t i = 0; i < required; ++i) {
    if (!given_[i]) {
      template_error(fmt::format("{}() missing a required argument: '{}'", function,
                                 *(names.begin() + static_cast<std::ptrdiff_t>(i))));
    }
  }
}

bool Parameters::get_bool(std::size_t index, bool fallback) const {
  return given_[index] ? is_true(values_[index]) : fallback;
}

Integer Parameters::get_integer(std::size_t index, Integer fallback) const {
  return given_[index] ? to_index(values_[index]) : fallback;
}

Integer to_index(const Value& value) {
  if (value.is_undefined()) undefined_error(value);
  if (!value.is_integral()) {
    template_error(fmt::format("'{}' object cannot be interpreted as an integer", type_name(value)));
  }
  return value.as_integer();
}

std::int64_t to_small_index(const Value& value) {
  constexpr Integer kMax = std::numeric_limits<std::int64_t>::max() / 2;
  return static_cast<std::int64_t>(std::clamp(to_index(value), -kMax, kMax));
}

}  // namespace rbee::engine::jinja
