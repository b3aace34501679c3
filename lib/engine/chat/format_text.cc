#include "engine/chat/format_text.h"

#include <fmt/format.h>

#include "engine/chat/dict.h"
#include "engine/chat/limits.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {
namespace {

constexpr auto npos = std::string_view::npos;

// Expands "{...}" fields.
class BraceFormatter {
 public:
  BraceFormatter(Runtime& runtime, const Arguments& arguments) : runtime_(runtime), arguments_(arguments) {}

  std::string run(std::string_view format) {
    std::string out;
    while (!format.empty()) {
      const std::size_t brace = format.find_first_of("{}");
      out += format.substr(0, brace);
      if (brace == npos) break;
      const char c = format[brace];
      format.remove_prefix(brace + 1);
      if (format.starts_with(c)) {
        out.push_back(c);
        format.remove_prefix(1);
      } else if (c == '}') {
        template_error("Single '}' encountered in format string");
      } else {
        out += field(take_field(format));
        runtime_.budget().charge_steps(1);
      }
    }
    return out;
  }

 private:
  // The inside of a field; nested braces stay in it.
  static std::string_view take_field(std::string_view& rest) {
    if (rest.empty()) template_error("Single '{' encountered in format string");
    int depth = 1;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] == '{') ++depth;
      if (rest[i] == '}' && --depth == 0) {
        const std::string_view inside = rest.substr(0, i);
        rest.remove_prefix(i + 1);
        return inside;
      }
    }
    template_error("expected '}' before end of string");
  }

  std::string field(std::string_view inside) {
    const std::size_t colon = inside.find(':');
    std::string_view name = inside.substr(0, colon);
    std::string spec(colon == npos ? std::string_view() : inside.substr(colon + 1));
    if (spec.find('{') != std::string::npos) {
      if (nested_) template_error("Max string recursion exceeded");
      nested_ = true;
      spec = run(spec);
      nested_ = false;
    }
    char conversion = 0;
    if (const std::size_t bang = name.find('!'); bang != npos) {
      if (name.size() != bang + 2) template_error("expected ':' after conversion specifier");
      conversion = name[bang + 1];
      name = name.substr(0, bang);
    }
    Value value = argument(name);
    if (conversion == 'r' || conversion == 'a') value = runtime_.text(to_repr(runtime_, value));
    if (conversion == 's') value = runtime_.text(to_str(runtime_, value));
    if (spec.empty()) return to_str(runtime_, value);
    return format_value(runtime_, value, parse_format_spec(spec));
  }

  Value argument(std::string_view name) {
    if (name.find_first_of(".[") != npos) {
      template_error(fmt::format("template: attribute '{}' is not allowed", name));
    }
    if (name.empty()) return positional(next_++);
    Integer index = 0;
    if (name.find_first_not_of("0123456789") == npos && parse_integer(name, 10, index)) {
      return positional(static_cast<std::size_t>(index > Integer{kItemsMax} ? Integer{kItemsMax} : index));
    }
    for (const auto& [key, value] : arguments_.named) {
      if (key.view_text() == name) return value;
    }
    template_error(repr_text(name));  // a KeyError
  }

  Value positional(std::size_t index) const {
    if (index < arguments_.positional.size()) return arguments_.positional[index];
    template_error(fmt::format("Replacement index {} out of range for positional args tuple", index));
  }

  Runtime& runtime_;
  const Arguments& arguments_;
  std::size_t next_ = 0;
  bool nested_ = false;
};

// Expands "%..." fields.
class PercentFormatter {
 public:
  PercentFormatter(Runtime& runtime, const Value& arguments) : runtime_(runtime), arguments_(arguments) {}

  std::string run(std::string_view format) {
    std::string out;
    while (!format.empty()) {
      const std::size_t percent = format.find('%');
      out += format.substr(0, percent);
      if (percent == npos) break;
      format.remove_prefix(percent + 1);
      out += field(format);
      runtime_.budget().charge_steps(1);
    }
    const std::size_t given = arguments_.is(Kind::kTuple) ? arguments_.sequence->items.size() : 1;
    // Whatever can be subscripted, tuples and texts aside, passes for a mapping, of which nothing need be used.
    const bool is_mapping = arguments_.is(Kind::kDict) || arguments_.is(Kind::kList) || arguments_.is(Kind::kRange) ||
                            arguments_.is_undefined();
    if (next_ < given && !is_mapping) {
      template_error("not all arguments converted during string formatting");
    }
    return out;
  }

 private:
  std::string field(std::string_view& rest) {
    FormatSpec spec;
    const Value* keyed = nullptr;
    if (rest.starts_with('(')) {
      const std::size_t end = rest.find(')');
      if (end == npos) template_error("incomplete format key");
      keyed = &keyed_argument(rest.substr(1, end - 1));
      rest.remove_prefix(end + 1);
    }
    bool left = false;
    for (; !rest.empty() && std::string_view("-+ #0").find(rest.front()) != npos; rest.remove_prefix(1)) {
      if (rest.front() == '-') left = true;
      if (rest.front() == '+' || (rest.front() == ' ' && spec.sign == '-')) spec.sign = rest.front();
      if (rest.front() == '#') spec.alternate = true;
      if (rest.front() == '0') spec.zero = true;
    }
    spec.width = number(rest);
    if (rest.starts_with('.')) {
      rest.remove_prefix(1);
      spec.precision = number(rest);
    }
    if (rest.empty()) template_error("incomplete format");
    const char type = rest.front();
    rest.remove_prefix(1);
    if (type == '%') return "%";
    const Value value = keyed != nullptr ? *keyed : next_argument();
    if (left) {
      spec.align = '<';
      spec.zero = false;
    }
    return convert(type, value, spec);
  }

  std::string convert(char type, const Value& value, FormatSpec spec) {
    if (type == 's' || type == 'r' || type == 'a') {
      if (spec.align == 0) spec.align = '>';
      spec.zero = false;
      const std::string text = type == 's' ? to_str(runtime_, value) : to_repr(runtime_, value);
      return format_value(runtime_, runtime_.text(text), spec);
    }
    if (type == 'c') {
      if (!value.is_string())
        template_error("%c requires an int or a unicode character, not " + std::string(type_name(value)));
      return std::string(value.view_text());
    }
    if (std::string_view("diuxXo").find(type) != npos) {
      spec.precision = -1;
      spec.type = type == 'i' || type == 'u' ? 'd' : type;
      return format_value(runtime_, integer(type, value), spec);
    }
    if (std::string_view("eEfFgG").find(type) == npos) {
      template_error(fmt::format("unsupported format character '{}'", type));
    }
    if (!value.is_number()) template_error(fmt::format("must be real number, not {}", type_name(value)));
    spec.type = type;
    return format_value(runtime_, Value::of(value.as_double()), spec);
  }

  static Value integer(char type, const Value& value) {
    if (value.is_integral()) return Value::of(value.as_integer());
    Integer whole = 0;
    if (type == 'd' && value.is(Kind::kFloat) && truncate_float(value.number, whole)) return Value::of(whole);
    template_error(fmt::format("%{} format: a real number is required, not {}", type, type_name(value)));
  }

  std::int64_t number(std::string_view& rest) {
    if (rest.starts_with('*')) {
      rest.remove_prefix(1);
      const std::int64_t width = to_small_index(next_argument());
      if (width < 0 || width > kFormatWidthMax) template_error("a width in a format string is too large");
      return width;
    }
    std::int64_t value = 0;
    for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1)) {
      value = value * 10 + (rest.front() - '0');
      if (value > kFormatWidthMax) template_error("a width in a format string is too large");
    }
    return value;
  }

  const Value& next_argument() {
    if (arguments_.is(Kind::kTuple)) {
      if (next_ < arguments_.sequence->items.size()) return arguments_.sequence->items[next_++];
    } else if (next_++ == 0) {
      return arguments_;
    }
    template_error("not enough arguments for format string");
  }

  const Value& keyed_argument(std::string_view key) {
    if (!arguments_.is(Kind::kDict)) template_error("format requires a mapping");
    const Value* found = find_item(*arguments_.dict, key);
    if (found == nullptr) template_error(repr_text(key));  // a KeyError
    return *found;
  }

  Runtime& runtime_;
  const Value& arguments_;
  std::size_t next_ = 0;
};

}  // namespace

std::string format_braces(Runtime& runtime, std::string_view format, const Arguments& arguments) {
  return BraceFormatter(runtime, arguments).run(format);
}

Value format_percent(Runtime& runtime, const Value& format, const Value& arguments) {
  runtime.budget().charge_scan(format.length);
  return runtime.text(PercentFormatter(runtime, arguments).run(format.view_text()), format.safe);
}

}  // namespace rbee::engine::jinja
