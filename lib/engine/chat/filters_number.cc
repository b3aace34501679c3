// Filters that make numbers.

#include <cmath>

#include <fmt/format.h>

#include "engine/chat/attributes.h"
#include "engine/chat/builtins.h"
#include "engine/chat/cursor.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {
namespace {

Value absolute(Runtime&, const Value& self, const Arguments& arguments) {
  Parameters("abs", arguments, {});
  if (self.is_undefined()) undefined_error(self);
  if (self.is(Kind::kFloat)) return Value::of(std::fabs(self.number));
  if (!self.is_integral()) template_error(fmt::format("bad operand type for abs(): '{}'", type_name(self)));
  return self.as_integer() < 0 ? negate(self) : Value::of(self.as_integer());
}

Value to_int(Runtime&, const Value& self, const Arguments& arguments) {
  const Parameters given("do_int", arguments, {"default", "base"});
  const Value fallback = given.get(0, Value::of(Integer{0}));
  if (self.is_undefined()) undefined_error(self);
  if (self.is_integral()) return Value::of(self.as_integer());
  Integer integer = 0;
  double number = 0;
  if (self.is(Kind::kFloat)) return truncate_float(self.number, integer) ? Value::of(integer) : fallback;
  if (!self.is_string()) return fallback;
  const std::int64_t base = given.has(1) ? to_small_index(given[1]) : 10;
  if ((base == 0 || (base >= 2 && base <= 36)) && parse_integer(self.view_text(), static_cast<int>(base), integer)) {
    return Value::of(integer);
  }
  if (parse_float(self.view_text(), number) && truncate_float(number, integer)) return Value::of(integer);
  return fallback;
}

Value to_float(Runtime&, const Value& self, const Arguments& arguments) {
  const Parameters given("do_float", arguments, {"default"});
  if (self.is_undefined()) undefined_error(self);
  double number = 0;
  if (self.is_number()) return Value::of(self.as_double());
  if (self.is_string() && parse_float(self.view_text(), number)) return Value::of(number);
  return given.get(0, Value::of(0.0));
}

// Correct rounding of the decimal digits, halves to even, as Python's round does: through the text.
double round_float(double number, std::int64_t precision) {
  if (!std::isfinite(number) || precision > 323) return number;
  if (precision < -308) return std::copysign(0.0, number);
  if (precision >= 0) return std::strtod(fmt::format("{:.{}f}", number, static_cast<int>(precision)).c_str(), nullptr);
  const double scale = std::pow(10.0, static_cast<double>(-precision));
  return std::nearbyint(number / scale) * scale;
}

Integer round_integer(Integer number, std::int64_t precision) {
  if (precision >= 0) return number;
  if (precision < -37) return 0;
  Integer scale = 1;
  for (std::int64_t i = 0; i > precision; --i) scale *= 10;
  Integer rest = number % scale;
  if (rest < 0) rest += scale;
  const Integer low = number - rest;
  const bool up = rest * 2 > scale || (rest * 2 == scale && (low / scale) % 2 != 0);
  return up ? low + scale : low;
}

Value round(Runtime&, const Value& self, const Arguments& arguments) {
  const Parameters given("do_round", arguments, {"precision", "method"});
  const std::string_view method = given.has(1) && given[1].is_string() ? given[1].view_text() : "common";
  if (method != "common" && method != "ceil" && method != "floor") {
    template_error("method must be common, ceil or floor");
  }
  if (self.is_undefined()) {
    template_error("type Undefined doesn't define __round__ method");
  }
  if (!self.is_number()) template_error(fmt::format("type {} doesn't define __round__ method", type_name(self)));
  const std::int64_t precision = given.has(0) ? to_small_index(given[0]) : 0;
  if (method == "common") {
    if (self.is_integral()) return Value::of(round_integer(self.as_integer(), precision));
    return Value::of(round_float(self.number, precision));
  }
  const double scale = std::pow(10.0, static_cast<double>(precision));
  const double scaled = self.as_double() * scale;
  return Value::of((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale);
}

Value sum(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_sum", arguments, {"attribute", "start"});
  Value total = given.get(1, Value::of(Integer{0}));
  if (total.is_string()) template_error("sum() can't sum strings [use ''.join(seq) instead]");
  const bool has_path = given.has(0) && !given[0].is_none();
  Cursor cursor(runtime, self);
  for (Value item; cursor.next(item);) {
    if (has_path) item = get_path(runtime, item, given[0]);
    total = arithmetic(runtime, Operation::kAdd, total, item);
  }
  return total;
}

Value file_size(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("do_filesizeformat", arguments, {"binary"});
  double bytes = 0;
  if (self.is_number()) {
    bytes = self.as_double();
  } else if (!self.is_string() || !parse_float(self.view_text(), bytes)) {
    template_error("could not convert to a number: " + short_repr(self));
  }
  const bool binary = given.get_bool(0, false);
  const double base = binary ? 1024 : 1000;
  if (bytes == 1) return runtime.text("1 Byte");
  if (bytes < base) return runtime.text(fmt::format("{:.0f} Bytes", std::trunc(bytes)));
  double unit = base;
  constexpr std::string_view kPrefixes = "kMGTPEZY";
  std::size_t i = 0;
  for (unit *= base; bytes >= unit && i + 1 < kPrefixes.size(); unit *= base) ++i;
  const char prefix = binary && i == 0 ? 'K' : kPrefixes[i];
  return runtime.text(fmt::format("{:.1f} {}{}B", base * bytes / unit, prefix, binary ? "i" : ""));
}

constexpr NativeSpec kFilters[] = {
    {"abs", absolute},
    {"int", to_int},
    {"float", to_float},
    {"round", round},
    {"sum", sum},
    {"filesizeformat", file_size},
    {},
};

}  // namespace

const NativeSpec* number_filters() {
  return kFilters;
}

}  // namespace rbee::engine::jinja
