// Python's format specification mini-language.

#include <cmath>

#include <fmt/format.h>

#include "engine/chat/format_text.h"
#include "engine/chat/limits.h"
#include "engine/chat/python_text.h"
#include "engine/chat/string_search.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

[[noreturn]] void invalid() {
  template_error("Invalid format specifier");
}

bool is_align(char c) {
  return c == '<' || c == '>' || c == '^' || c == '=';
}

std::int64_t take_number(std::string_view& rest) {
  std::int64_t number = 0;
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
    number = number * 10 + (rest.front() - '0');
    if (number > kFormatWidthMax) template_error("a width in a format string is too large");
    rest.remove_prefix(1);
  }
  return number;
}

std::string group_digits(const std::string& digits, char separator, std::size_t group) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % group == 0) out.push_back(separator);
    out.push_back(digits[i]);
  }
  return out;
}

std::string in_base(Integer number, unsigned base, bool upper) {
  std::string out;
  do {
    const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    out.insert(out.begin(), digits[static_cast<std::size_t>(number % base)]);
    number /= base;
  } while (number != 0);
  return out;
}

// The digits of a number without its sign, and what goes before them.
struct NumberText {
  bool negative = false;
  std::string prefix;
  std::string digits;
  std::string fraction;  // from the point on
};

NumberText integer_digits(Integer number, const FormatSpec& spec) {
  if (spec.precision >= 0) template_error("Precision not allowed in integer format specifier");
  NumberText text;
  text.negative = number < 0;
  const Integer magnitude = number < 0 ? -number : number;
  switch (spec.type) {
    case 'x':
    case 'X':
      text.digits = in_base(magnitude, 16, spec.type == 'X');
      break;
    case 'o':
      text.digits = in_base(magnitude, 8, false);
      break;
    case 'b':
      text.digits = in_base(magnitude, 2, false);
      break;
    default:
      text.digits = integer_text(magnitude);
  }
  if (spec.alternate && spec.type != 0 && spec.type != 'd') text.prefix = std::string("0") + spec.type;
  return text;
}

NumberText float_digits(double number, const FormatSpec& spec) {
  NumberText text;
  text.negative = std::signbit(number) && !std::isnan(number);
  double magnitude = std::fabs(number);
  std::string all;
  const int precision = spec.precision >= 0 ? static_cast<int>(spec.precision) : 6;
  switch (spec.type) {
    case 0:
      all = spec.precision < 0 ? float_text(magnitude) : fmt::format("{:.{}g}", magnitude, std::max(precision, 1));
      break;
    case 'e':
      all = fmt::format("{:.{}e}", magnitude, precision);
      break;
    case 'E':
      all = fmt::format("{:.{}E}", magnitude, precision);
      break;
    case 'g':
    case 'n':
      all = fmt::format("{:.{}g}", magnitude, std::max(precision, 1));
      break;
    case 'G':
      all = fmt::format("{:.{}G}", magnitude, std::max(precision, 1));
      break;
    case '%':
      all = fmt::format("{:.{}f}%", magnitude * 100, precision);
      break;
    default:
      all = fmt::format("{:.{}f}", magnitude, precision);
  }
  const std::size_t digits = std::isfinite(magnitude) ? all.find_first_not_of("0123456789") : std::string::npos;
  text.digits = all.substr(0, digits);
  if (digits != std::string::npos) text.fraction = all.substr(digits);
  return text;
}

std::string pad(Runtime& runtime, const std::string& text, const FormatSpec& spec, char fallback_align) {
  const std::int64_t missing = spec.width - static_cast<std::int64_t>(count_codepoints(text));
  if (missing <= 0) return text;
  const char align = spec.align != 0 ? spec.align : fallback_align;
  const std::int64_t left = align == '<' ? 0 : (align == '^' ? missing / 2 : missing);
  return repeat_text(runtime, spec.fill, left) + text + repeat_text(runtime, spec.fill, missing - left);
}

std::string format_number(Runtime& runtime, NumberText text, FormatSpec spec) {
  const std::string sign = text.negative ? "-" : (spec.sign == '-' ? "" : std::string(1, spec.sign));
  if (spec.zero && spec.align == 0) {
    spec.align = '=';
    spec.fill = "0";
  }
  if (spec.grouping != 0) {
    const bool decimal = spec.type != 'x' && spec.type != 'X' && spec.type != 'o' && spec.type != 'b';
    text.digits = group_digits(text.digits, spec.grouping, decimal ? 3 : 4);
  }
  const std::string body = text.digits + text.fraction;
  if (spec.align != '=') return pad(runtime, sign + text.prefix + body, spec, '>');
  FormatSpec inner = spec;
  inner.align = '>';
  inner.width -= static_cast<std::int64_t>(sign.size() + text.prefix.size());
  return sign + text.prefix + pad(runtime, body, inner, '>');
}

}  // namespace

FormatSpec parse_format_spec(std::string_view text) {
  FormatSpec spec;
  if (!text.empty()) {
    std::string_view after_fill = text;
    take_codepoint(after_fill);
    if (!after_fill.empty() && is_align(after_fill.front())) {
      spec.fill = text.substr(0, text.size() - after_fill.size());
      text = after_fill;
    }
  }
  const auto take = [&text](char c) {
    const bool found = text.starts_with(c);
    if (found) text.remove_prefix(1);
    return found;
  };
  if (!text.empty() && is_align(text.front())) {
    spec.align = text.front();
    text.remove_prefix(1);
  }
  for (const char sign : {'+', '-', ' '}) {
    if (take(sign)) {
      spec.sign = sign;
      break;
    }
  }
  spec.alternate = take('#');
  spec.zero = take('0');
  spec.width = take_number(text);
  if (take(',')) spec.grouping = ',';
  if (take('_')) spec.grouping = '_';
  if (take('.')) {
    if (text.empty() || text.front() < '0' || text.front() > '9') template_error("Format specifier missing precision");
    spec.precision = take_number(text);
  }
  if (!text.empty()) {
    spec.type = text.front();
    text.remove_prefix(1);
  }
  if (!text.empty()) invalid();
  return spec;
}

std::string format_value(Runtime& runtime, const Value& value, const FormatSpec& spec) {
  const std::string_view types = value.is(Kind::kFloat) ? "eEfFgGn%" : (value.is_number() ? "bcdoxXneEfFgG%" : "s");
  if (spec.type != 0 && types.find(spec.type) == std::string_view::npos) {
    template_error(fmt::format("Unknown format code '{}' for object of type '{}'", spec.type, type_name(value)));
  }
  if (value.is(Kind::kBoolean) && spec.type == 0) {
    return pad(runtime, to_str(runtime, value), spec, '>');
  }
  if (value.is_integral() && std::string_view("eEfFgG%").find(spec.type) == std::string_view::npos) {
    return format_number(runtime, integer_digits(value.as_integer(), spec), spec);
  }
  if (value.is_integral() && spec.type == 0)
    return format_number(runtime, integer_digits(value.as_integer(), spec), spec);
  if (value.is_number()) return format_number(runtime, float_digits(value.as_double(), spec), spec);
  if (spec.align == '=') template_error("'=' alignment not allowed in string format specifier");
  std::string text = to_str(runtime, value);
  if (spec.precision >= 0) text.resize(byte_offset(text, static_cast<std::size_t>(spec.precision)));
  return pad(runtime, text, spec, '<');
}

}  // namespace rbee::engine::jinja
