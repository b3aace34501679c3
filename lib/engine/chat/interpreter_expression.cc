// Evaluation of expressions.

#include <fmt/format.h>

#include "engine/chat/attributes.h"
#include "engine/chat/builtins.h"
#include "engine/chat/dict.h"
#include "engine/chat/interpreter.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {

Value Interpreter::evaluate(const Expr& expr) {
  const Budget::Evaluation guard(runtime_.budget());
  switch (expr.kind) {
    case ExprKind::kConstant:
      return expr.value;
    case ExprKind::kName:
      return evaluate_name(expr);
    case ExprKind::kList:
    case ExprKind::kTuple:
      return evaluate_items(expr);
    case ExprKind::kDict:
      return evaluate_dict(expr);
    case ExprKind::kArithmetic:
      return evaluate_arithmetic(expr);
    case ExprKind::kConcat:
      return evaluate_concat(expr);
    case ExprKind::kAnd:
    case ExprKind::kOr:
      return evaluate_logic(expr);
    case ExprKind::kNot:
      return Value::of(!is_true(evaluate(*expr.parts[0])));
    case ExprKind::kNegate:
      return negate(evaluate(*expr.parts[0]));
    case ExprKind::kPlus:
      return plus(evaluate(*expr.parts[0]));
    case ExprKind::kCompare:
      return evaluate_compare(expr);
    case ExprKind::kConditional:
      return evaluate_conditional(expr);
    case ExprKind::kAttribute:
      return get_attribute(runtime_, evaluate(*expr.parts[0]), expr.value);
    case ExprKind::kSubscript:
      return evaluate_subscript(expr);
    case ExprKind::kSlice:
      break;  // only inside a subscript
    case ExprKind::kCall:
      return evaluate_call(expr);
    case ExprKind::kFilter:
      return evaluate_filter(expr);
    case ExprKind::kTest:
      return evaluate_test(expr);
  }
  return {};
}

Value Interpreter::evaluate_name(const Expr& expr) {
  for (const Scope* scope = scope_; scope != nullptr; scope = scope->parent) {
    if (const Value* value = scope->find(expr.name)) return *value;
  }
  const std::string& name = parsed_.names[expr.name];
  if (const NativeSpec* spec = find_global(name)) {
    Value value;
    value.kind = Kind::kFunction;
    value.function = spec;
    return value;
  }
  return runtime_.undefined_variable(name);
}

Value Interpreter::evaluate_items(const Expr& expr) {
  std::vector<Value> items;
  items.reserve(expr.parts.size());
  for (const Expr* part : expr.parts) items.push_back(evaluate(*part));
  return expr.kind == ExprKind::kList ? runtime_.list(std::move(items)) : runtime_.tuple(std::move(items));
}

Value Interpreter::evaluate_dict(const Expr& expr) {
  const Value dict = runtime_.dict();
  for (std::size_t i = 0; i < expr.parts.size(); i += 2) {
    const Value key = evaluate(*expr.parts[i]);
    set_item(runtime_, *dict.dict, key, evaluate(*expr.parts[i + 1]));
  }
  return dict;
}

Value Interpreter::evaluate_arithmetic(const Expr& expr) {
  Value value = evaluate(*expr.parts[0]);
  for (std::size_t i = 0; i < expr.operations.size(); ++i) {
    value = arithmetic(runtime_, expr.operations[i], value, evaluate(*expr.parts[i + 1]));
  }
  return value;
}

Value Interpreter::evaluate_concat(const Expr& expr) {
  std::string text;
  for (const Expr* part : expr.parts) {
    const Value value = evaluate(*part);
    runtime_.budget().charge_bytes(value.is_string() ? value.length : 0);
    if (value.is_string()) {
      text += value.view_text();
    } else {
      text += to_str(runtime_, value);
    }
  }
  return runtime_.text(std::move(text));
}

Value Interpreter::evaluate_logic(const Expr& expr) {
  const bool is_and = expr.kind == ExprKind::kAnd;
  Value value;
  for (const Expr* part : expr.parts) {
    value = evaluate(*part);
    if (is_true(value) != is_and) break;
  }
  return value;
}

Value Interpreter::evaluate_compare(const Expr& expr) {
  Value left = evaluate(*expr.parts[0]);
  for (std::size_t i = 0; i < expr.operations.size(); ++i) {
    const Value right = evaluate(*expr.parts[i + 1]);
    if (!compare(runtime_, expr.operations[i], left, right)) return Value::of(false);
    left = right;
  }
  return Value::of(true);
}

Value Interpreter::evaluate_conditional(const Expr& expr) {
  if (is_true(evaluate(*expr.parts[0]))) return evaluate(*expr.parts[1]);
  if (expr.parts[2] != nullptr) return evaluate(*expr.parts[2]);
  return runtime_.undefined_because(fmt::format(
      "the inline if-expression on line {} evaluated to false and no else section was defined.", expr.line));
}

Value Interpreter::evaluate_subscript(const Expr& expr) {
  const Value object = evaluate(*expr.parts[0]);
  const Expr& index = *expr.parts[1];
  if (index.kind != ExprKind::kSlice) return get_item(runtime_, object, evaluate(index));
  Value bounds[3];
  for (std::size_t i = 0; i < 3; ++i) {
    if (index.parts[i] != nullptr) bounds[i] = evaluate(*index.parts[i]);
  }
  return get_slice(runtime_, object, bounds[0], bounds[1], bounds[2]);
}

Value Interpreter::evaluate_call(const Expr& expr) {
  const Value callee = evaluate(*expr.parts[0]);
  return call(callee, evaluate_arguments(expr.call));
}

Value Interpreter::evaluate_filter(const Expr& expr) {
  const Value input = expr.parts[0] != nullptr ? evaluate(*expr.parts[0]) : block_text_;
  if (expr.native == nullptr) {
    template_error(fmt::format("No filter named {} found.", repr_text(expr.value.view_text())));
  }
  const Arguments arguments = evaluate_arguments(expr.call);
  return expr.native->function(runtime_, input, arguments);
}

Value Interpreter::evaluate_test(const Expr& expr) {
  const Value subject = evaluate(*expr.parts[0]);
  if (expr.native == nullptr) {
    template_error(fmt::format("No test named {} found.", repr_text(expr.value.view_text())));
  }
  return expr.native->function(runtime_, subject, evaluate_arguments(expr.call));
}

}  // namespace rbee::engine::jinja
