// The methods of str that ask what its characters are.

#include "engine/chat/builtins.h"
#include "engine/chat/text_class.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

bool is_alnum(char32_t c) {
  return is_alpha(c) || is_numeric(c);
}

// True for a text that is not empty and whose characters all pass.
template <bool (*Test)(char32_t)>
Value all(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("str method", arguments, {});
  runtime.budget().charge_bytes(self.length);
  std::string_view rest = self.view_text();
  bool passed = !rest.empty();
  while (passed && !rest.empty()) passed = Test(take_codepoint(rest));
  return Value::of(passed);
}

template <bool (*Test)(std::string_view)>
Value whole(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("str method", arguments, {});
  runtime.budget().charge_bytes(self.length);
  return Value::of(Test(self.view_text()));
}

bool has_title_case(std::string_view text) {
  bool in_word = false, found = false;
  while (!text.empty()) {
    const char32_t c = take_codepoint(text);
    const bool starts = is_upper(c) || is_titlecase(c);
    if (starts && in_word) return false;
    if (is_lower(c) && !in_word) return false;
    in_word = starts || is_lower(c);
    found = found || in_word;
  }
  return found;
}

bool has_identifier(std::string_view text) {
  bool first = true;
  while (!text.empty()) {
    if (!is_identifier(take_codepoint(text), first)) return false;
    first = false;
  }
  return !first;
}

constexpr NativeSpec kMethods[] = {
    {"isalpha", all<is_alpha>},
    {"isalnum", all<is_alnum>},
    {"isdigit", all<is_digit>},
    {"isdecimal", all<is_decimal>},
    {"isnumeric", all<is_numeric>},
    {"isspace", all<is_space>},
    {"isprintable", whole<has_only_printable>},
    {"islower", whole<has_lower_case>},
    {"isupper", whole<has_upper_case>},
    {"istitle", whole<has_title_case>},
    {"isascii", whole<is_ascii>},
    {"isidentifier", whole<has_identifier>},
    {},
};

}  // namespace

const NativeSpec* string_class_methods() {
  return kMethods;
}

bool has_lower_case(std::string_view text) {
  bool found = false;
  while (!text.empty()) {
    const char32_t c = take_codepoint(text);
    if (is_upper(c) || is_titlecase(c)) return false;
    found = found || is_lower(c);
  }
  return found;
}

bool has_upper_case(std::string_view text) {
  bool found = false;
  while (!text.empty()) {
    const char32_t c = take_codepoint(text);
    if (is_lower(c) || is_titlecase(c)) return false;
    found = found || is_upper(c);
  }
  return found;
}

bool has_only_printable(std::string_view text) {
  while (!text.empty()) {
    if (!is_printable(take_codepoint(text))) return false;
  }
  return true;
}

}  // namespace rbee::engine::jinja
