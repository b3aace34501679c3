#include "engine/chat/operators.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/chat/cursor.h"
#include "engine/chat/dict.h"
#include "engine/chat/limits.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {
namespace {

std::string_view sign_of(Operation operation) {
  switch (operation) {
    case Operation::kAdd:
      return "+";
    case Operation::kSubtract:
      return "-";
    case Operation::kMultiply:
      return "*";
    case Operation::kDivide:
      return "/";
    case Operation::kFloorDivide:
      return "//";
    case Operation::kModulo:
      return "%";
    case Operation::kPower:
      return "** or pow()";
    case Operation::kEqual:
      return "==";
    case Operation::kNotEqual:
      return "!=";
    case Operation::kLess:
      return "<";
    case Operation::kLessEqual:
      return "<=";
    case Operation::kGreater:
      return ">";
    case Operation::kGreaterEqual:
      return ">=";
    case Operation::kIn:
      return "in";
    case Operation::kNotIn:
      return "not in";
  }
  return "?";
}

bool holds(Operation operation, int order) {
  if (order == kUnordered) return operation == Operation::kNotEqual;
  switch (operation) {
    case Operation::kEqual:
      return order == 0;
    case Operation::kNotEqual:
      return order != 0;
    case Operation::kLess:
      return order < 0;
    case Operation::kLessEqual:
      return order <= 0;
    case Operation::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

int compare_integer_with_double(Integer integer, double number) {
  if (std::isnan(number)) return kUnordered;
  constexpr double kIntegerLimit = 1.7014118346046923e38;  // 2^127
  if (number >= kIntegerLimit) return -1;
  if (number < -kIntegerLimit) return 1;
  const Integer whole = static_cast<Integer>(number);  // toward zero
  if (integer != whole) return integer < whole ? -1 : 1;
  const double fraction = number - std::trunc(number);
  return fraction == 0 ? 0 : (fraction > 0 ? -1 : 1);
}

bool compare_sequences(Runtime& runtime, Operation operation, const Sequence& a, const Sequence& b) {
  const std::size_t common = std::min(a.items.size(), b.items.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (!equal(runtime, a.items[i], b.items[i])) return compare(runtime, operation, a.items[i], b.items[i]);
  }
  const int order = a.items.size() < b.items.size() ? -1 : (a.items.size() > b.items.size() ? 1 : 0);
  return holds(operation, order);
}

bool contains_text(Runtime& runtime, const Value& container, const Value& item) {
  if (!item.is_string()) {
    template_error(fmt::format("'in <string>' requires string as left operand, not {}", type_name(item)));
  }
  runtime.budget().charge_scan(container.length);
  return container.view_text().find(item.view_text()) != std::string_view::npos;
}

}  // namespace

bool is_true(const Value& value) {
  switch (value.kind) {
    case Kind::kUndefined:
    case Kind::kNone:
      return false;
    case Kind::kBoolean:
      return value.boolean;
    case Kind::kInteger:
      return value.integer != 0;
    case Kind::kFloat:
      return value.number != 0;
    case Kind::kString:
      return value.length != 0;
    case Kind::kList:
    case Kind::kTuple:
      return !value.sequence->items.empty();
    case Kind::kDict:
      return !value.dict->entries.empty();
    case Kind::kRange:
      return value.range->size() != 0;
    case Kind::kDictView:
      return !value.view->dict->entries.empty();
    default:
      return true;
  }
}

bool same_object(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::kNone:
      return true;
    case Kind::kBoolean:
      return a.boolean == b.boolean;
    case Kind::kInteger:
      return a.integer == b.integer;
    case Kind::kFloat:
      return a.number == b.number;
    case Kind::kString:
      return a.text == b.text && a.length == b.length;
    case Kind::kUndefined:
      return a.undefined == b.undefined;
    case Kind::kList:
    case Kind::kTuple:
      return a.sequence == b.sequence;
    case Kind::kDict:
    case Kind::kNamespace:
      return a.dict == b.dict;
    case Kind::kRange:
      return a.range == b.range;
    case Kind::kDictView:
      return a.view == b.view;
    case Kind::kIterator:
      return a.iterator == b.iterator;
    case Kind::kMacro:
      return a.macro == b.macro;
    case Kind::kFunction:
      return a.function == b.function;
    case Kind::kMethod:
      return a.method == b.method;
    case Kind::kLoop:
      return a.loop == b.loop;
    case Kind::kCycler:
      return a.cycler == b.cycler;
    case Kind::kJoiner:
      return a.joiner == b.joiner;
  }
  return false;
}

int compare_numbers(const Value& a, const Value& b) {
  if (a.is_integral() && b.is_integral()) {
    const Integer x = a.as_integer(), y = b.as_integer();
    return x < y ? -1 : (x > y ? 1 : 0);
  }
  if (a.is(Kind::kFloat) && b.is(Kind::kFloat)) {
    if (std::isnan(a.number) || std::isnan(b.number)) return kUnordered;
    return a.number < b.number ? -1 : (a.number > b.number ? 1 : 0);
  }
  if (a.is_integral()) return compare_integer_with_double(a.as_integer(), b.number);
  const int order = compare_integer_with_double(b.as_integer(), a.number);
  return order == kUnordered ? order : -order;
}

bool compare(Runtime& runtime, Operation operation, const Value& left, const Value& right) {
  const Budget::Evaluation guard(runtime.budget());
  if (operation == Operation::kIn) return contains(runtime, right, left);
  if (operation == Operation::kNotIn) return !contains(runtime, right, left);
  if (operation == Operation::kEqual) return equal(runtime, left, right);
  if (operation == Operation::kNotEqual) return !equal(runtime, left, right);
  if (left.is_number() && right.is_number()) return holds(operation, compare_numbers(left, right));
  if (left.is_string() && right.is_string()) {
    runtime.budget().charge_scan(left.length);
    return holds(operation, left.view_text().compare(right.view_text()));  // UTF-8 sorts as code points do
  }
  if (left.is_undefined()) undefined_error(left);
  if (right.is_undefined()) undefined_error(right);
  if (left.is_sequence() && left.kind == right.kind) {
    return compare_sequences(runtime, operation, *left.sequence, *right.sequence);
  }
  template_error(fmt::format("'{}' not supported between instances of '{}' and '{}'", sign_of(operation),
                             type_name(left), type_name(right)));
}

bool less(Runtime& runtime, const Value& a, const Value& b) {
  return compare(runtime, Operation::kLess, a, b);
}

bool contains(Runtime& runtime, const Value& container, const Value& item) {
  switch (container.kind) {
    case Kind::kString:
      return contains_text(runtime, container, item);
    case Kind::kDict:
      return find_item(runtime, *container.dict, item) != nullptr;
    case Kind::kDictView:
      if (container.view->what == DictView::What::kKeys) {
        return find_item(runtime, *container.view->dict, item) != nullptr;
      }
      break;
    case Kind::kUndefined:
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kRange:
    case Kind::kIterator:
    case Kind::kLoop:
      break;
    default:
      template_error(fmt::format("argument of type '{}' is not a container or iterable", type_name(container)));
  }
  Cursor cursor(runtime, container);
  for (Value candidate; cursor.next(candidate);) {
    if (equal(runtime, candidate, item)) return true;
  }
  return false;
}

std::optional<std::size_t> find_length(const Value& value) {
  switch (value.kind) {
    case Kind::kUndefined:
      return 0;
    case Kind::kString:
      return text_length(value);
    case Kind::kList:
    case Kind::kTuple:
      return value.sequence->items.size();
    case Kind::kDict:
      return value.dict->entries.size();
    case Kind::kRange:
      return static_cast<std::size_t>(value.range->size());
    case Kind::kDictView:
      return value.view->dict->entries.size();
    default:
      return std::nullopt;
  }
}

std::size_t get_length(const Value& value) {
  if (const auto length = find_length(value)) return *length;
  template_error(fmt::format("object of type '{}' has no len()", type_name(value)));
}

[[noreturn]] static void unsupported(Operation operation, const Value& left, const Value& right) {
  template_error(fmt::format("unsupported operand type(s) for {}: '{}' and '{}'", sign_of(operation), type_name(left),
                             type_name(right)));
}

namespace {

[[noreturn]] void overflow() {
  template_error("an integer of the template exceeds 128 bits");
}

Integer multiply_integers(Integer a, Integer b) {
  constexpr Integer kMax = std::numeric_limits<std::int64_t>::max();
  // Two factors of 64 bits cannot overflow; a small one times a large one is checked by division.
  if (a >= -kMax && a <= kMax && b >= -kMax && b <= kMax) return a * b;
  if (a == 0 || b == 0) return 0;
  constexpr Integer kLargest = ((Integer{1} << 126) - 1) + (Integer{1} << 126);
  const Integer magnitude_a = a < 0 ? -(a + 1) : a, magnitude_b = b < 0 ? -(b + 1) : b;
  if (magnitude_a >= kLargest / 2 || magnitude_b >= kLargest / 2 || magnitude_a + 1 > kLargest / (magnitude_b + 1)) {
    overflow();
  }
  return a * b;
}

Integer floor_divide(Integer a, Integer b) {
  if (b == -1) {
    Integer result = 0;
    if (__builtin_sub_overflow(Integer{0}, a, &result)) overflow();
    return result;
  }
  const Integer quotient = a / b;
  return quotient - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

Integer modulo(Integer a, Integer b) {
  if (b == -1) return 0;
  const Integer remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

double float_modulo(double a, double b) {
  const double remainder = std::fmod(a, b);
  if (remainder != 0) return (remainder < 0) != (b < 0) ? remainder + b : remainder;
  return std::copysign(0.0, b);
}

double float_floor_divide(double a, double b) {
  const double quotient = (a - float_modulo(a, b)) / b;
  if (quotient == 0) return std::copysign(0.0, a / b);
  const double floored = std::floor(quotient);
  return quotient - floored > 0.5 ? floored + 1 : floored;
}

Value power(const Value& left, const Value& right) {
  if (left.is_integral() && right.is_integral() && right.as_integer() >= 0) {
    Integer base = left.as_integer(), result = 1;
    for (Integer exponent = right.as_integer(); exponent != 0; exponent >>= 1) {
      if ((exponent & 1) != 0) result = multiply_integers(result, base);
      if (exponent > 1) base = base == 1 || base == 0 ? base : multiply_integers(base, base);
    }
    return Value::of(result);
  }
  const double base = left.as_double(), exponent = right.as_double();
  if (base == 0 && exponent < 0) template_error("zero to a negative power");
  if (base < 0 && std::isfinite(base) && std::isfinite(exponent) && std::floor(exponent) != exponent) {
    template_error("a power of the template is a complex number");
  }
  const double result = std::pow(base, exponent);
  if (std::isinf(result) && std::isfinite(base) && std::isfinite(exponent)) {
    template_error("(34, 'Numerical result out of range')");
  }
  return Value::of(result);
}

Value integer_arithmetic(Operation operation, Integer a, Integer b) {
  Integer result = 0;
  switch (operation) {
    case Operation::kAdd:
      if (__builtin_add_overflow(a, b, &result)) overflow();
      return Value::of(result);
    case Operation::kSubtract:
      if (__builtin_sub_overflow(a, b, &result)) overflow();
      return Value::of(result);
    case Operation::kMultiply:
      return Value::of(multiply_integers(a, b));
    default:
      break;
  }
  if (b == 0) template_error("division by zero");
  if (operation == Operation::kDivide) return Value::of(static_cast<double>(a) / static_cast<double>(b));
  return Value::of(operation == Operation::kFloorDivide ? floor_divide(a, b) : modulo(a, b));
}

Value float_arithmetic(Operation operation, double a, double b) {
  switch (operation) {
    case Operation::kAdd:
      return Value::of(a + b);
    case Operation::kSubtract:
      return Value::of(a - b);
    case Operation::kMultiply:
      return Value::of(a * b);
    default:
      break;
  }
  if (b == 0) template_error("division by zero");
  if (operation == Operation::kDivide) return Value::of(a / b);
  return Value::of(operation == Operation::kFloorDivide ? float_floor_divide(a, b) : float_modulo(a, b));
}

Value add_texts(Runtime& runtime, const Value& left, const Value& right) {
  if (left.safe == right.safe) return runtime.append(left, right.view_text());
  const std::string left_text = left.safe ? std::string(left.view_text()) : escape_html(left.view_text());
  const std::string right_text = right.safe ? std::string(right.view_text()) : escape_html(right.view_text());
  return runtime.text(left_text + right_text, true);
}

Value add(Runtime& runtime, const Value& left, const Value& right) {
  if (left.is_string()) {
    if (right.is_string()) return add_texts(runtime, left, right);
    if (left.safe) unsupported(Operation::kAdd, left, right);
    template_error(fmt::format("can only concatenate str (not \"{}\") to str", type_name(right)));
  }
  if (!left.is_sequence()) unsupported(Operation::kAdd, left, right);
  if (right.kind != left.kind) {
    template_error(fmt::format("can only concatenate {0} (not \"{1}\") to {0}", type_name(left), type_name(right)));
  }
  const std::vector<Value>&a = left.sequence->items, &b = right.sequence->items;
  if (a.size() + b.size() > kItemsMax) template_error(fmt::format("template exceeded {} items", kItemsMax));
  std::vector<Value> items;
  items.reserve(a.size() + b.size());
  items.insert(items.end(), a.begin(), a.end());
  items.insert(items.end(), b.begin(), b.end());
  return left.is(Kind::kList) ? runtime.list(std::move(items)) : runtime.tuple(std::move(items));
}

Value repeat(Runtime& runtime, const Value& value, Integer count) {
  const std::size_t size = value.is_string() ? value.length : value.sequence->items.size();
  if (count < 0 || size == 0) count = 0;
  constexpr Integer kMany = Integer{1} << 40;  // beyond every budget
  const std::uint64_t total = static_cast<std::uint64_t>(count > kMany ? kMany : count) * size;
  if (value.is_string()) {
    runtime.budget().charge_bytes(total);
    std::string text;
    text.reserve(total);
    for (Integer i = 0; i < count; ++i) text += value.view_text();
    return runtime.text(std::move(text), value.safe);
  }
  if (total > kItemsMax) template_error(fmt::format("template exceeded {} items", kItemsMax));
  std::vector<Value> items;
  items.reserve(total);
  for (Integer i = 0; i < count; ++i) {
    items.insert(items.end(), value.sequence->items.begin(), value.sequence->items.end());
  }
  return value.is(Kind::kList) ? runtime.list(std::move(items)) : runtime.tuple(std::move(items));
}

Value multiply(Runtime& runtime, const Value& left, const Value& right) {
  const auto repeatable = [](const Value& value) { return value.is_string() || value.is_sequence(); };
  if (repeatable(left) && right.is_integral()) return repeat(runtime, left, right.as_integer());
  if (left.is_integral() && repeatable(right)) return repeat(runtime, right, left.as_integer());
  if (repeatable(left)) {
    template_error(fmt::format("can't multiply sequence by non-int of type '{}'", type_name(right)));
  }
  if (repeatable(right)) {
    template_error(fmt::format("can't multiply sequence by non-int of type '{}'", type_name(left)));
  }
  unsupported(Operation::kMultiply, left, right);
}

}  // namespace

Value arithmetic(Runtime& runtime, Operation operation, const Value& left, const Value& right) {
  if (operation == Operation::kModulo && left.is_string()) return format_percent(runtime, left, right);
  if (left.is_number() && right.is_number()) {
    if (operation == Operation::kPower) return power(left, right);
    if (left.is_integral() && right.is_integral()) {
      return integer_arithmetic(operation, left.as_integer(), right.as_integer());
    }
    return float_arithmetic(operation, left.as_double(), right.as_double());
  }
  if (left.is_undefined()) undefined_error(left);
  // str + Undefined asks Undefined's __radd__; a list's + does not.
  if (right.is_undefined()) undefined_error(right);
  if (operation == Operation::kAdd) return add(runtime, left, right);
  if (operation == Operation::kMultiply) return multiply(runtime, left, right);
  unsupported(operation, left, right);
}

Value negate(const Value& value) {
  if (value.is_undefined()) undefined_error(value);
  if (value.is(Kind::kFloat)) return Value::of(-value.number);
  if (!value.is_integral()) template_error(fmt::format("bad operand type for unary -: '{}'", type_name(value)));
  return integer_arithmetic(Operation::kSubtract, 0, value.as_integer());
}

Value plus(const Value& value) {
  if (value.is_undefined()) undefined_error(value);
  if (!value.is_number()) template_error(fmt::format("bad operand type for unary +: '{}'", type_name(value)));
  return value.is(Kind::kFloat) ? value : Value::of(value.as_integer());
}

}  // namespace rbee::engine::jinja
