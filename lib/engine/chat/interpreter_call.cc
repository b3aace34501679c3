// Calls of macros, built-in functions and callers.

#include <fmt/format.h>

#include "engine/chat/cursor.h"
#include "engine/chat/dict.h"
#include "engine/chat/interpreter.h"
#include "engine/chat/interpreter_scope.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {

Value Interpreter::make_macro(const Stmt& stmt, const std::string& name) {
  runtime_.budget().charge_memory(sizeof(Macro));
  capture(scope_);
  Macro& macro = macros_.emplace_back();
  macro.stmt = &stmt;
  macro.scope = scope_;
  macro.name = name;
  Value value;
  value.kind = Kind::kMacro;
  value.macro = &macro;
  return value;
}

Arguments Interpreter::evaluate_arguments(const CallSyntax* syntax) {
  Arguments arguments;
  if (syntax == nullptr) return arguments;
  arguments.positional.reserve(syntax->positional.size());
  for (const Expr* expr : syntax->positional) arguments.positional.push_back(evaluate(*expr));
  if (syntax->star != nullptr) {
    const Value more = evaluate(*syntax->star);
    if (!is_iterable(more)) {
      template_error(fmt::format("argument after * must be an iterable, not {}", type_name(more)));
    }
    for (const Value& item : collect(runtime_, more)) arguments.positional.push_back(item);
  }
  for (const auto& [name, expr] : syntax->named) arguments.named.emplace_back(name, evaluate(*expr));
  if (syntax->star_star != nullptr) {
    const Value more = evaluate(*syntax->star_star);
    if (!more.is(Kind::kDict)) {
      template_error(fmt::format("argument after ** must be a mapping, not {}", type_name(more)));
    }
    for (const Dict::Entry& entry : more.dict->entries) {
      if (!entry.key.is_string()) template_error("keywords must be strings");
      arguments.named.emplace_back(entry.key, entry.value);
    }
  }
  return arguments;
}

Value Interpreter::call(const Value& callee, Arguments arguments) {
  switch (callee.kind) {
    case Kind::kMacro:
      return call_macro(*callee.macro, std::move(arguments));
    case Kind::kFunction:
      return callee.function->function(runtime_, {}, arguments);
    case Kind::kMethod:
      return callee.method->spec->function(runtime_, callee.method->receiver, arguments);
    case Kind::kLoop:
      return call_loop(callee, arguments);
    case Kind::kUndefined:
      undefined_error(callee);
    case Kind::kJoiner:
      if (!callee.joiner->used) {
        callee.joiner->used = true;
        return runtime_.text("");
      }
      return callee.joiner->separator;
    default:
      template_error(fmt::format("'{}' object is not callable", type_name(callee)));
  }
}

void Interpreter::bind_parameters(const Macro& macro, Arguments& arguments, Scope& scope) {
  const Signature& signature = macro.stmt->signature;
  const std::size_t count = signature.parameters.size();
  std::vector<bool> given(count, false);
  for (std::size_t i = 0; i < count; ++i) {
    Value value;
    given[i] = true;
    if (i < arguments.positional.size()) {
      value = arguments.positional[i];
    } else {
      given[i] = arguments.take_named(signature.parameters[i].text.view_text(), value);
    }
    if (given[i]) scope.set(signature.parameters[i].name, value);
  }
  if (signature.uses_caller && !signature.has_explicit_caller) {
    Value caller = runtime_.undefined_because("No caller defined");
    arguments.take_named("caller", caller);
    scope.set(parsed_.caller, caller);
  }
  if (signature.uses_kwargs) {
    const Value rest = runtime_.dict();
    for (const auto& [name, value] : arguments.named) set_item(runtime_, *rest.dict, name, value);
    scope.set(parsed_.kwargs, rest);
  } else if (!arguments.named.empty()) {
    Value ignored;
    const Value first = arguments.named[0].first;
    if (arguments.take_named("caller", ignored)) {
      template_error(
          fmt::format("macro {} was invoked with two values for the special caller argument. This is most "
                      "likely a bug.",
                      repr_text(macro.name)));
    }
    template_error(
        fmt::format("macro {} takes no keyword argument {}", repr_text(macro.name), repr_text(first.view_text())));
  }
  if (signature.uses_varargs) {
    std::vector<Value> rest;
    for (std::size_t i = count; i < arguments.positional.size(); ++i) rest.push_back(arguments.positional[i]);
    scope.set(parsed_.varargs, runtime_.tuple(std::move(rest)));
  } else if (arguments.positional.size() > count) {
    template_error(fmt::format("macro {} takes not more than {} argument(s)", repr_text(macro.name), count));
  }
  for (std::size_t i = 0; i < count; ++i) {  // a fallback may use the parameters before it
    if (given[i]) continue;
    const Signature::Parameter& parameter = signature.parameters[i];
    scope.set(parameter.name, parameter.fallback != nullptr
                                  ? evaluate(*parameter.fallback)
                                  : runtime_.undefined_because(fmt::format("parameter {} was not provided",
                                                                           repr_text(parameter.text.view_text()))));
  }
}

Value Interpreter::call_macro(const Macro& macro, Arguments arguments) {
  const Budget::Call guard(runtime_.budget());
  ScopeGuard scope(*this, macro.scope);
  bind_parameters(macro, arguments, scope.scope());
  Capture capture(*this);
  execute(macro.stmt->body);
  return capture.take();
}

}  // namespace rbee::engine::jinja
