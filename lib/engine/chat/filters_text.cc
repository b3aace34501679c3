// Filters that make text of text.

#include <algorithm>

#include <fmt/format.h>

#include "engine/chat/attributes.h"
#include "engine/chat/builtins.h"
#include "engine/chat/cursor.h"
#include "engine/chat/json_text.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"
#include "engine/chat/string_search.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

// str(value), keeping what is a string already.
Value soft_text(Runtime& runtime, const Value& value) {
  return value.is_string() ? value : runtime.text(to_str(runtime, value));
}

template <std::string (*Map)(std::string_view)>
Value mapped(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("filter", arguments, {});
  const Value text = soft_text(runtime, self);
  return runtime.text(Map(text.view_text()), text.safe);
}

Value trim(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_trim", arguments, {"chars"});
  const Value text = soft_text(runtime, self);
  runtime.budget().charge_scan(text.length);
  std::string_view view = text.view_text();
  if (given.has(0) && !given[0].is_none()) {
    if (!given[0].is_string()) template_error("strip arg must be None or str");
    view = strip_right_of(strip_left_of(view, given[0].view_text()), given[0].view_text());
  } else {
    view = strip_right(strip_left(view));
  }
  return runtime.text(std::string(view), text.safe);
}

// jinja2's own rule: words begin after white space, a hyphen or an opening bracket.
Value title(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_title", arguments, {});
  const Value text = soft_text(runtime, self);
  std::string out;
  std::string_view rest = text.view_text();
  const auto is_border = [](char32_t c) {
    return is_space(c) || c == '-' || c == '(' || c == '{' || c == '[' || c == '<';
  };
  while (!rest.empty()) {
    std::string_view word = rest, next = rest;
    const bool border = is_border(take_codepoint(next));
    const std::size_t first = word.size() - next.size();
    rest = next;
    while (!next.empty() && is_border(take_codepoint(next)) == border) rest = next;
    word.remove_suffix(rest.size());
    out += to_upper(word.substr(0, first)) + to_lower(word.substr(first));
  }
  return runtime.text(std::move(out), text.safe);
}

Value replace(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_replace", arguments, {"old", "new", "count"}, 2);
  const std::string text = to_str(runtime, self), from = to_str(runtime, given[0]), to = to_str(runtime, given[1]);
  const Integer count = given.has(2) && !given[2].is_none() ? to_index(given[2]) : Integer{-1};
  return runtime.text(replace_text(runtime, text, from, to, count));
}

Value center(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_center", arguments, {"width"});
  Arguments one;
  one.positional.push_back(given.get(0, Value::of(Integer{80})));
  const Value text = soft_text(runtime, self);
  return find_method(text, "center")->function(runtime, text, one);
}

Value indent(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_indent", arguments, {"width", "first", "blank"});
  if (self.is_undefined()) undefined_error(self);
  if (!self.is_string()) {
    template_error(fmt::format("unsupported operand type(s) for +=: '{}' and 'str'", type_name(self)));
  }
  const std::string indention = given.has(0) && given[0].is_string()
                                    ? std::string(given[0].view_text())
                                    : repeat_text(runtime, " ", given.get_integer(0, 4));
  const bool blank = given.get_bool(2, false);
  runtime.budget().charge_scan(self.length);
  const std::string text = std::string(self.view_text()) + "\n";  // a text that ends in a newline keeps an empty line
  std::string out = given.get_bool(1, false) ? indention : "";
  bool first_line = true;
  for (const std::string_view line : split_lines(text, false)) {
    if (!first_line) {
      out.push_back('\n');
      if (blank || !line.empty()) {
        runtime.budget().charge_bytes(indention.size());
        out += indention;
      }
    }
    out += line;
    first_line = false;
  }
  return runtime.text(std::move(out), self.safe);
}

Value join(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_join", arguments, {"d", "attribute"});
  const std::string separator = given.has(0) ? to_str(runtime, given[0]) : "";
  const bool has_path = given.has(1) && !given[1].is_none();
  std::string out;
  bool first = true;
  Cursor cursor(runtime, self);
  for (Value item; cursor.next(item); first = false) {
    const std::string text = to_str(runtime, has_path ? get_path(runtime, item, given[1]) : item);
    runtime.budget().charge_bytes(separator.size() + text.size());
    if (!first) out += separator;
    out += text;
  }
  return runtime.text(std::move(out));
}

Value string(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("soft_str", arguments, {});
  return soft_text(runtime, self);
}

Value word_count(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("do_wordcount", arguments, {});
  const Value text = soft_text(runtime, self);
  runtime.budget().charge_bytes(text.length);
  Integer words = 0;
  bool in_word = false;
  for (std::string_view rest = text.view_text(); !rest.empty();) {
    const char32_t c = take_codepoint(rest);
    const bool word = c == '_' || is_alpha(c) || is_numeric(c);
    words += word && !in_word ? 1 : 0;
    in_word = word;
  }
  return Value::of(words);
}

Value truncate(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_truncate", arguments, {"length", "killwords", "end", "leeway"});
  const Integer length = given.get_integer(0, 255);
  const std::string end = given.has(2) ? to_str(runtime, given[2]) : "...";
  const Integer leeway = given.has(3) && !given[3].is_none() ? to_index(given[3]) : Integer{5};
  const Integer end_length = static_cast<Integer>(count_codepoints(end));
  if (length < end_length) {
    template_error(fmt::format("expected length >= {}, got {}", integer_text(end_length), integer_text(length)));
  }
  if (leeway < 0) template_error("expected leeway >= 0, got " + integer_text(leeway));
  if (static_cast<Integer>(get_length(self)) <= length + leeway) return self;
  if (!self.is_string()) template_error(fmt::format("'{}' object cannot be truncated", type_name(self)));
  std::string_view text = self.view_text();
  text = text.substr(0, byte_offset(text, static_cast<std::size_t>(length - end_length)));
  if (!given.get_bool(1, false)) text = text.substr(0, text.rfind(' '));
  return runtime.text(std::string(text) + end, self.safe);
}

Value format(Runtime& runtime, const Value& self, const Arguments& arguments) {
  if (!arguments.positional.empty() && !arguments.named.empty()) {
    template_error("can't handle positional and keyword arguments at the same time");
  }
  const Value text = soft_text(runtime, self);
  if (arguments.named.empty()) return format_percent(runtime, text, runtime.tuple(arguments.positional));
  const Value named = runtime.dict();
  for (const auto& [name, value] : arguments.named) named.dict->entries.push_back({name, value});
  return format_percent(runtime, text, named);
}

Value tojson(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("tojson", arguments, {"ensure_ascii", "indent", "separators", "sort_keys"});
  JsonStyle style;
  style.ensure_ascii = given.get_bool(0, false);
  style.sort_keys = given.get_bool(3, false);
  if (given.has(1) && !given[1].is_none()) {
    style.indent =
        given[1].is_string() ? std::string(given[1].view_text()) : repeat_text(runtime, " ", to_index(given[1]));
    style.item_separator = ",";
  }
  if (given.has(2) && !given[2].is_none()) {
    const std::vector<Value> pair = collect(runtime, given[2]);
    if (pair.size() != 2) {
      template_error(pair.size() < 2 ? fmt::format("not enough values to unpack (expected 2, got {})", pair.size())
                                     : "too many values to unpack (expected 2)");
    }
    style.item_separator = to_str(runtime, pair[0]);
    style.key_separator = to_str(runtime, pair[1]);
  }
  return runtime.text(to_json(runtime, self, style));
}

constexpr NativeSpec kFilters[] = {
    {"upper", mapped<to_upper>},
    {"lower", mapped<to_lower>},
    {"capitalize", mapped<to_capitalized>},
    {"title", title},
    {"trim", trim},
    {"replace", replace},
    {"center", center},
    {"indent", indent},
    {"join", join},
    {"string", string},
    {"wordcount", word_count},
    {"truncate", truncate},
    {"format", format},
    {"tojson", tojson},
    {},
};

}  // namespace

const NativeSpec* text_filters() {
  return kFilters;
}

}  // namespace rbee::engine::jinja
