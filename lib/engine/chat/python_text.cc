#include "engine/chat/python_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

#include "base/utf8.h"
#include "engine/chat/macro.h"
#include "engine/chat/native.h"
#include "engine/chat/unicode.h"

namespace rbee::engine::jinja {
namespace {

// Writes reprs, charging the budget as it goes: shared lists can make them much longer than the data.
class ReprWriter {
 public:
  explicit ReprWriter(Runtime& runtime) : runtime_(runtime) {}

  void write(const Value& value) {
    const Budget::Evaluation guard(runtime_.budget());
    switch (value.kind) {
      case Kind::kList:
        return write_items("[", *value.sequence, "]");
      case Kind::kTuple:
        return write_items("(", *value.sequence, value.sequence->items.size() == 1 ? ",)" : ")");
      case Kind::kDict:
        return write_dict(*value.dict);
      case Kind::kNamespace:
        put("<Namespace ");
        write_dict(*value.dict);
        return put(">");
      case Kind::kDictView:
        return write_view(*value.view);
      case Kind::kRange:
        return write_range(*value.range);
      case Kind::kString:
        if (value.safe) return put("Markup(" + repr_text(value.view_text()) + ")");
        return put(repr_text(value.view_text()));
      case Kind::kMacro:
        return put("<Macro " + value.macro->repr() + ">");
      case Kind::kMethod:
        return put(fmt::format("<built-in method {}>", value.method->spec->name));
      case Kind::kFunction:
        return put(fmt::format("<function {}>", value.function->name));
      default:
        return put(short_repr(value));
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void put(std::string_view text) {
    runtime_.budget().charge_bytes(text.size());
    out_ += text;
  }

  void write_items(std::string_view open, const Sequence& sequence, std::string_view close) {
    put(open);
    for (std::size_t i = 0; i < sequence.items.size(); ++i) {
      if (i > 0) put(", ");
      write(sequence.items[i]);
    }
    put(close);
  }

  void write_dict(const Dict& dict) {
    put("{");
    for (std::size_t i = 0; i < dict.entries.size(); ++i) {
      if (i > 0) put(", ");
      write(dict.entries[i].key);
      put(": ");
      write(dict.entries[i].value);
    }
    put("}");
  }

  void write_view(const DictView& view) {
    const bool keys = view.what == DictView::What::kKeys, values = view.what == DictView::What::kValues;
    put(keys ? "dict_keys([" : (values ? "dict_values([" : "dict_items(["));
    for (std::size_t i = 0; i < view.dict->entries.size(); ++i) {
      const Dict::Entry& entry = view.dict->entries[i];
      if (i > 0) put(", ");
      if (!keys && !values) put("(");
      if (!values) write(entry.key);
      if (!keys && !values) put(", ");
      if (!keys) write(entry.value);
      if (!keys && !values) put(")");
    }
    put("])");
  }

  void write_range(const Range& range) {
    put("range(" + integer_text(range.start) + ", " + integer_text(range.stop));
    if (range.step != 1) put(", " + integer_text(range.step));
    put(")");
  }

  Runtime& runtime_;
  std::string out_;
};

void append_hex_escape(std::string& out, char32_t c) {
  const std::uint32_t code = c;
  if (code < 0x100) {
    out += fmt::format("\\x{:02x}", code);
  } else {
    out += code < 0x10000 ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
  }
}

// The shortest significant digits of a positive number, and the exponent of the first.
void split_digits(double number, std::string& digits, int& exponent) {
  const std::string shortest = fmt::format("{}", number);  // "123.45", "1e-07", "1.5e+20"
  const std::size_t e = shortest.find('e');
  const std::string_view mantissa = std::string_view(shortest).substr(0, e);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  for (const char c : mantissa) {
    if (c != '.') digits.push_back(c);
  }
  int power = 0;
  if (e != std::string::npos) {
    const std::size_t digits_at = e + (shortest[e + 1] == '+' ? 2 : 1);  // from_chars takes no plus sign
    std::from_chars(shortest.data() + digits_at, shortest.data() + shortest.size(), power);
  }
  exponent = static_cast<int>(point) - 1 + power;
  const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  digits.erase(0, zeros);
  exponent -= static_cast<int>(zeros);
  digits.erase(std::min(digits.size(), digits.find_last_not_of('0') + 1));
  if (digits.empty()) {
    digits = "0";
    exponent = 0;
  }
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : 99;
}

// Removes the underscores that may stand between digits; false for any other place.
bool drop_underscores(std::string_view text, std::string& plain) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      plain.push_back(text[i]);
    } else if (i == 0 || i + 1 == text.size() || digit_value(text[i - 1]) > 36 || digit_value(text[i + 1]) > 36) {
      return false;
    }
  }
  return true;
}

int base_of_prefix(std::string_view digits) {
  if (digits.size() < 2 || digits[0] != '0') return 0;
  const char letter = static_cast<char>(digits[1] | 0x20);
  return letter == 'x' ? 16 : (letter == 'o' ? 8 : (letter == 'b' ? 2 : 0));
}

}  // namespace

std::string to_repr(Runtime& runtime, const Value& value) {
  ReprWriter writer(runtime);
  writer.write(value);
  return writer.take();
}

std::string to_str(Runtime& runtime, const Value& value) {
  if (value.is_string()) return std::string(value.view_text());
  if (value.is_undefined()) return {};
  return to_repr(runtime, value);
}

std::string short_repr(const Value& value) {
  switch (value.kind) {
    case Kind::kUndefined:
      return "Undefined";
    case Kind::kNone:
      return "None";
    case Kind::kBoolean:
      return value.boolean ? "True" : "False";
    case Kind::kInteger:
      return integer_text(value.integer);
    case Kind::kFloat:
      return float_text(value.number);
    case Kind::kString:
      return repr_text(value.view_text());
    default:
      return fmt::format("<{} object>", type_name(value));
  }
}

std::string repr_text(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  while (!text.empty()) {
    const char32_t c = take_codepoint(text);
    if (c == static_cast<unsigned char>(quote) || c == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c));
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_printable(c)) {
      append_utf8(out, c);
    } else {
      append_hex_escape(out, c);
    }
  }
  out.push_back(quote);
  return out;
}

std::string integer_text(Integer number) {
  return fmt::format("{}", number);
}

std::string float_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  // fmt's {:e} of the shortest digits is not offered, so they are taken from its shortest form and set anew: Python
  // writes an exponent below 1e-4 and from 1e16 on.
  std::string digits;
  int exponent = 0;
  split_digits(std::fabs(number), digits, exponent);
  const std::string sign = std::signbit(number) ? "-" : "";
  const int size = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    const std::string fraction = size > 1 ? "." + digits.substr(1) : "";
    return fmt::format("{}{}{}e{}{:02}", sign, digits[0], fraction, exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  if (exponent + 1 >= size)
    return sign + digits + std::string(static_cast<std::size_t>(exponent + 1 - size), '0') + ".0";
  return sign + digits.substr(0, static_cast<std::size_t>(exponent) + 1) + "." +
         digits.substr(static_cast<std::size_t>(exponent) + 1);
}

std::size_t text_length(const Value& text) {
  return count_codepoints(text.view_text());
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '"':
        out += "&#34;";
        break;
      default:
        out.push_back(c);
    }
  }
  return out;
}

bool parse_integer(std::string_view text, int base, Integer& number) {
  text = strip_right(strip_left(text));
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const int prefix = base_of_prefix(text);
  if (prefix != 0 && (base == 0 || base == prefix)) {
    base = prefix;
    text.remove_prefix(text.substr(2).starts_with('_') ? 3 : 2);
  } else if (base == 0) {
    base = 10;
    if (text.starts_with('0') && text.find_first_not_of("0_") != std::string_view::npos) return false;
  }
  std::string digits;
  if (!drop_underscores(text, digits) || digits.empty()) return false;
  Integer magnitude = 0;
  for (const char c : digits) {
    const int digit = digit_value(c);
    if (digit >= base) return false;
    if (magnitude > ((Integer{1} << 126) - digit) / base) return false;
    magnitude = magnitude * base + digit;
  }
  number = negative ? -magnitude : magnitude;
  return true;
}

bool parse_float(std::string_view text, double& number) {
  text = strip_right(strip_left(text));
  std::string plain;
  if (!drop_underscores(text, plain)) return false;
  std::string lower = plain;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
  std::string_view body = lower;
  if (body.starts_with('-') || body.starts_with('+')) body.remove_prefix(1);
  const bool word = body == "inf" || body == "infinity" || body == "nan";
  if (!word && (body.empty() || body.find_first_not_of("0123456789.e+-") != std::string_view::npos)) return false;
  char* end = nullptr;
  number = std::strtod(plain.c_str(), &end);
  return end == plain.c_str() + plain.size();
}

bool truncate_float(double number, Integer& integer) {
  constexpr double kLimit = 8.5e37;  // 2^126
  if (!(std::fabs(number) < kLimit)) return false;
  integer = static_cast<Integer>(number);
  return true;
}

}  // namespace rbee::engine::jinja
