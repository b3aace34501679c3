// The methods of str that return a changed text or a position.

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/format_text.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"
#include "engine/chat/string_search.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

Value same_kind(Runtime& runtime, const Value& self, std::string text) {
  return runtime.text(std::move(text), self.safe);
}

// An argument that must be a string.
std::string_view need_text(std::string_view function, const Value& value) {
  if (value.is_undefined()) undefined_error(value);
  if (!value.is_string()) {
    template_error(fmt::format("{}() argument must be str, not {}", function, type_name(value)));
  }
  return value.view_text();
}

template <std::string (*Map)(std::string_view)>
Value mapped(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("str method", arguments, {});
  runtime.budget().charge_scan(self.length);
  return same_kind(runtime, self, Map(self.view_text()));
}

enum class Side { kLeft, kRight, kBoth };

template <Side side>
Value strip(Runtime& runtime, const Value& self, const Arguments& arguments) {
  constexpr std::string_view kName = side == Side::kLeft ? "lstrip" : (side == Side::kRight ? "rstrip" : "strip");
  const Parameters given(kName, arguments, {"chars"});
  runtime.budget().charge_scan(self.length);
  std::string_view text = self.view_text();
  if (given.has(0) && !given[0].is_none()) {
    if (given[0].is_undefined() || !given[0].is_string()) {
      template_error(fmt::format("{} arg must be None or str", kName));
    }
    const std::string_view chars = given[0].view_text();
    if (side != Side::kRight) text = strip_left_of(text, chars);
    if (side != Side::kLeft) text = strip_right_of(text, chars);
  } else {
    if (side != Side::kRight) text = strip_left(text);
    if (side != Side::kLeft) text = strip_right(text);
  }
  return same_kind(runtime, self, std::string(text));
}

Value replace(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("replace", arguments, {"old", "new", "count"}, 2);
  const std::string_view from = need_text("replace", given[0]), to = need_text("replace", given[1]);
  return same_kind(runtime, self, replace_text(runtime, self.view_text(), from, to, given.get_integer(2, -1)));
}

Value remove_prefix(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("removeprefix", arguments, {"prefix"}, 1);
  std::string_view text = self.view_text();
  const std::string_view prefix = need_text("removeprefix", given[0]);
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  return same_kind(runtime, self, std::string(text));
}

Value remove_suffix(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("removesuffix", arguments, {"suffix"}, 1);
  std::string_view text = self.view_text();
  const std::string_view suffix = need_text("removesuffix", given[0]);
  if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
  return same_kind(runtime, self, std::string(text));
}

template <Side side>
Value justify(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("justify", arguments, {"width", "fillchar"}, 1);
  const std::string_view fill = given.has(1) ? need_text("justify", given[1]) : std::string_view(" ");
  if (count_codepoints(fill) != 1) template_error("The fill character must be exactly one character long");
  const Integer width = to_small_index(given[0]), length = static_cast<Integer>(text_length(self));
  if (width <= length) return self;
  const Integer pad = width - length;
  // Python's center puts the odd space on the left when the width is odd.
  const Integer left = side == Side::kLeft ? 0 : (side == Side::kRight ? pad : pad / 2 + (pad & width & 1));
  std::string text = repeat_text(runtime, fill, left);
  text += self.view_text();
  text += repeat_text(runtime, fill, pad - left);
  return same_kind(runtime, self, std::move(text));
}

Value zfill(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("zfill", arguments, {"width"}, 1);
  const Integer pad = to_small_index(given[0]) - static_cast<Integer>(text_length(self));
  if (pad <= 0) return self;
  std::string_view text = self.view_text();
  std::string out;
  if (text.starts_with('-') || text.starts_with('+')) {
    out.push_back(text.front());
    text.remove_prefix(1);
  }
  out += repeat_text(runtime, "0", pad);
  return same_kind(runtime, self, out.append(text));
}

Value join(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("join", arguments, {"iterable"}, 1);
  if (!given[0].is_undefined() && given[0].is_none()) template_error("can only join an iterable");
  return same_kind(runtime, self, join_texts(runtime, self.view_text(), given[0]));
}

enum class Missing { kMinusOne, kError };

// find, rfind, index, rindex: a code point position.
template <bool from_right, Missing missing>
Value find(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("find", arguments, {"sub", "start", "end"}, 1);
  const std::string_view wanted = need_text("find", given[0]);
  runtime.budget().charge_scan(self.length * 4);
  const TextRange range = text_range(self.view_text(), given, 1);
  const std::size_t found = !range.valid ? std::string_view::npos
                            : from_right ? range.text.rfind(wanted)
                                         : range.text.find(wanted);
  if (found == std::string_view::npos) {
    if (missing == Missing::kError) template_error("substring not found");
    return Value::of(Integer{-1});
  }
  return Value::of(static_cast<Integer>(range.start + count_codepoints(range.text.substr(0, found))));
}

Value count(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("count", arguments, {"sub", "start", "end"}, 1);
  const std::string_view wanted = need_text("count", given[0]);
  runtime.budget().charge_scan(self.length * 4);
  const TextRange range = text_range(self.view_text(), given, 1);
  if (!range.valid) return Value::of(Integer{0});
  if (wanted.empty()) return Value::of(static_cast<Integer>(count_codepoints(range.text)) + 1);
  Integer found = 0;
  for (std::size_t at = range.text.find(wanted); at != std::string_view::npos;
       at = range.text.find(wanted, at + wanted.size())) {
    ++found;
  }
  return Value::of(found);
}

template <bool at_end>
Value starts_or_ends(Runtime& runtime, const Value& self, const Arguments& arguments) {
  constexpr std::string_view kName = at_end ? "endswith" : "startswith";
  const Parameters given(kName, arguments, {"affix", "start", "end"}, 1);
  runtime.budget().charge_scan(1);
  const TextRange range = text_range(self.view_text(), given, 1);
  const auto matches = [&](const Value& one) {
    if (!one.is_string()) {
      template_error(fmt::format("tuple for {} must only contain str, not {}", kName, type_name(one)));
    }
    const std::string_view text = one.view_text();
    return range.valid && (at_end ? range.text.ends_with(text) : range.text.starts_with(text));
  };
  const Value& affix = given[0];
  if (affix.is(Kind::kTuple)) {
    const std::vector<Value>& items = affix.sequence->items;
    return Value::of(std::any_of(items.begin(), items.end(), matches));
  }
  if (!affix.is_string()) {
    template_error(fmt::format("{} first arg must be str or a tuple of str, not {}", kName, type_name(affix)));
  }
  return Value::of(matches(affix));
}

Value format(Runtime& runtime, const Value& self, const Arguments& arguments) {
  return same_kind(runtime, self, format_braces(runtime, self.view_text(), arguments));
}

Value format_map(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("format_map", arguments, {"mapping"}, 1);
  if (!given[0].is(Kind::kDict)) template_error("format_map() argument must be a mapping");
  Arguments named;
  for (const Dict::Entry& entry : given[0].dict->entries) {
    if (entry.key.is_string()) named.named.emplace_back(entry.key, entry.value);
  }
  return same_kind(runtime, self, format_braces(runtime, self.view_text(), named));
}

constexpr NativeSpec kMethods[] = {
    {"upper", mapped<to_upper>},
    {"lower", mapped<to_lower>},
    {"casefold", mapped<to_lower>},
    {"title", mapped<to_title>},
    {"capitalize", mapped<to_capitalized>},
    {"swapcase", mapped<swap_case>},
    {"strip", strip<Side::kBoth>},
    {"lstrip", strip<Side::kLeft>},
    {"rstrip", strip<Side::kRight>},
    {"replace", replace},
    {"removeprefix", remove_prefix},
    {"removesuffix", remove_suffix},
    {"ljust", justify<Side::kLeft>},
    {"rjust", justify<Side::kRight>},
    {"center", justify<Side::kBoth>},
    {"zfill", zfill},
    {"join", join},
    {"find", find<false, Missing::kMinusOne>},
    {"rfind", find<true, Missing::kMinusOne>},
    {"index", find<false, Missing::kError>},
    {"rindex", find<true, Missing::kError>},
    {"count", count},
    {"startswith", starts_or_ends<false>},
    {"endswith", starts_or_ends<true>},
    {"format", format},
    {"format_map", format_map},
    {},
};

}  // namespace

const NativeSpec* string_methods() {
  return kMethods;
}

}  // namespace rbee::engine::jinja
