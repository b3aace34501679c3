#include "engine/chat/builtins.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>

#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {
namespace {

const NativeSpec* find_in(std::initializer_list<const NativeSpec*> tables, std::string_view name) {
  for (const NativeSpec* spec : tables) {
    for (; !spec->name.empty(); ++spec) {
      if (spec->name == name) return spec;
    }
  }
  return nullptr;
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

[[noreturn]] void unknown(std::string_view what, const Value& name) {
  const std::string hint = name.is_undefined() ? " (did you forget to quote the callable name?)" : "";
  template_error(fmt::format("No {} named {}.{}", what, short_repr(name), hint));
}

}  // namespace

const NativeSpec* find_filter(std::string_view name) {
  return find_in(
      {text_filters(), markup_filters(), number_filters(), sequence_filters(), selection_filters(), ordering_filters()},
      name);
}

const NativeSpec* find_test(std::string_view name) {
  return find_in({all_tests()}, name);
}

const NativeSpec* find_global(std::string_view name) {
  return find_in({all_globals()}, name);
}

const NativeSpec* find_method(const Value& receiver, std::string_view name) {
  switch (receiver.kind) {
    case Kind::kString:
      return find_in({string_methods(), string_split_methods(), string_class_methods()}, name);
    case Kind::kList:
    case Kind::kTuple: {
      const NativeSpec* spec = find_in({list_methods()}, name);
      return spec != nullptr && name == "copy" && receiver.is(Kind::kTuple) ? nullptr : spec;
    }
    case Kind::kDict:
      return find_in({dict_methods()}, name);
    case Kind::kLoop:
      return find_in({loop_methods()}, name);
    case Kind::kCycler:
      return find_in({cycler_methods()}, name);
    default:
      return nullptr;
  }
}

bool is_refused_filter(std::string_view name) {
  constexpr std::array<std::string_view, 3> kRefused = {"attr", "random", "xmlattr"};
  return is_one_of(kRefused, name);
}

bool is_mutating_method(const Value& receiver, std::string_view name) {
  constexpr std::array<std::string_view, 8> kList = {"append", "clear", "pop",    "reverse",
                                                     "insert", "sort",  "extend", "remove"};
  constexpr std::array<std::string_view, 5> kDict = {"clear", "pop", "popitem", "setdefault", "update"};
  if (receiver.is(Kind::kList)) return is_one_of(kList, name);
  return receiver.is(Kind::kDict) && is_one_of(kDict, name);
}

const NativeSpec& require_test(const Value& name) {
  const NativeSpec* spec = name.is_string() ? find_test(name.view_text()) : nullptr;
  if (spec == nullptr) unknown("test", name);
  return *spec;
}

const NativeSpec& require_filter(const Value& name) {
  const NativeSpec* spec = name.is_string() ? find_filter(name.view_text()) : nullptr;
  if (spec == nullptr) unknown("filter", name);
  return *spec;
}

}  // namespace rbee::engine::jinja
