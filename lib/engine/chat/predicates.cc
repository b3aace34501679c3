// The tests that stand after "is".

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/cursor.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"
#include "engine/chat/text_class.h"

namespace rbee::engine::jinja {
namespace {

using Question = bool (*)(const Value&);

// A test without arguments.
template <Question question>
Value ask(Runtime&, const Value& self, const Arguments& arguments) {
  Parameters("test", arguments, {});
  return Value::of(question(self));
}

bool is_defined(const Value& value) {
  return !value.is_undefined();
}
bool is_undefined(const Value& value) {
  return value.is_undefined();
}
bool is_none(const Value& value) {
  return value.is_none();
}
bool is_boolean(const Value& value) {
  return value.is(Kind::kBoolean);
}
bool is_exactly_true(const Value& value) {
  return value.is(Kind::kBoolean) && value.boolean;
}
bool is_exactly_false(const Value& value) {
  return value.is(Kind::kBoolean) && !value.boolean;
}
bool is_integer(const Value& value) {
  return value.is(Kind::kInteger);
}
bool is_float(const Value& value) {
  return value.is(Kind::kFloat);
}
bool is_number(const Value& value) {
  return value.is_number();
}
bool is_string(const Value& value) {
  return value.is_string();
}
bool is_mapping(const Value& value) {
  return value.is(Kind::kDict);
}
bool is_escaped(const Value& value) {
  return value.is_string() && value.safe;
}
bool is_filter(const Value& value) {
  return value.is_string() && find_filter(value.view_text()) != nullptr;
}
bool is_test(const Value& value) {
  return value.is_string() && find_test(value.view_text()) != nullptr;
}

bool is_sequence(const Value& value) {
  return value.is_string() || value.is_sequence() || value.is(Kind::kDict) || value.is(Kind::kRange) ||
         value.is_undefined();
}

bool is_callable(const Value& value) {
  switch (value.kind) {
    case Kind::kUndefined:
    case Kind::kMacro:
    case Kind::kFunction:
    case Kind::kMethod:
    case Kind::kLoop:
    case Kind::kJoiner:
      return true;
    default:
      return false;
  }
}

template <Question question>
Value ask_text(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("test", arguments, {});
  const Value text = self.is_string() ? self : runtime.text(to_str(runtime, self));
  runtime.budget().charge_bytes(text.length);
  return Value::of(question(text));
}

bool is_lower(const Value& value) {
  return has_lower_case(value.view_text());
}
bool is_upper(const Value& value) {
  return has_upper_case(value.view_text());
}

template <Operation operation>
Value compares(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("operator", arguments, {"other"}, 1);
  return Value::of(compare(runtime, operation, self, given[0]));
}

Value is_in(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("test_in", arguments, {"seq"}, 1);
  return Value::of(contains(runtime, given[0], self));
}

Value is_same(Runtime&, const Value& self, const Arguments& arguments) {
  const Parameters given("test_sameas", arguments, {"other"}, 1);
  return Value::of(same_object(self, given[0]));
}

Value remainder(Runtime& runtime, const Value& self, const Value& divisor) {
  return arithmetic(runtime, Operation::kModulo, self, divisor);
}

Value is_divisible(Runtime& runtime, const Value& self, const Arguments& arguments) {
  const Parameters given("test_divisibleby", arguments, {"num"}, 1);
  const Value rest = remainder(runtime, self, given[0]);
  return Value::of(rest.is_number() && rest.as_double() == 0);
}

template <int wanted>
Value is_parity(Runtime& runtime, const Value& self, const Arguments& arguments) {
  Parameters("test", arguments, {});
  const Value rest = remainder(runtime, self, Value::of(Integer{2}));
  return Value::of(rest.is_number() && rest.as_double() == wanted);
}

constexpr NativeSpec kTests[] = {
    {"defined", ask<is_defined>},
    {"undefined", ask<is_undefined>},
    {"none", ask<is_none>},
    {"boolean", ask<is_boolean>},
    {"true", ask<is_exactly_true>},
    {"false", ask<is_exactly_false>},
    {"integer", ask<is_integer>},
    {"float", ask<is_float>},
    {"number", ask<is_number>},
    {"string", ask<is_string>},
    {"mapping", ask<is_mapping>},
    {"sequence", ask<is_sequence>},
    {"iterable", ask<is_iterable>},
    {"callable", ask<is_callable>},
    {"escaped", ask<is_escaped>},
    {"filter", ask<is_filter>},
    {"test", ask<is_test>},
    {"lower", ask_text<is_lower>},
    {"upper", ask_text<is_upper>},
    {"odd", is_parity<1>},
    {"even", is_parity<0>},
    {"divisibleby", is_divisible},
    {"sameas", is_same},
    {"in", is_in},
    {"==", compares<Operation::kEqual>},
    {"eq", compares<Operation::kEqual>},
    {"equalto", compares<Operation::kEqual>},
    {"!=", compares<Operation::kNotEqual>},
    {"ne", compares<Operation::kNotEqual>},
    {"<", compares<Operation::kLess>},
    {"lt", compares<Operation::kLess>},
    {"lessthan", compares<Operation::kLess>},
    {"<=", compares<Operation::kLessEqual>},
    {"le", compares<Operation::kLessEqual>},
    {">", compares<Operation::kGreater>},
    {"gt", compares<Operation::kGreater>},
    {"greaterthan", compares<Operation::kGreater>},
    {">=", compares<Operation::kGreaterEqual>},
    {"ge", compares<Operation::kGreaterEqual>},
    {},
};

}  // namespace

const NativeSpec* all_tests() {
  return kTests;
}

}  // namespace rbee::engine::jinja
