#include "engine/chat/interpreter.h"

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/cursor.h"
#include "engine/chat/dict.h"
#include "engine/chat/interpreter_scope.h"
#include "engine/chat/operators.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {

const Value* Scope::find(NameId name) const {
  for (const auto& [id, value] : variables) {
    if (id == name) return &value;
  }
  return nullptr;
}

void Scope::set(NameId name, const Value& value) {
  for (auto& [id, current] : variables) {
    if (id == name) {
      current = value;
      return;
    }
  }
  variables.emplace_back(name, value);
}

Interpreter::Interpreter(const ParsedTemplate& parsed, Runtime& runtime)
    : parsed_(parsed), runtime_(runtime), context_(push_scope(nullptr)), scope_(push_scope(context_)) {}

void Interpreter::define(std::string_view name, const Value& value) {
  if (const auto found = parsed_.name_ids.find(name); found != parsed_.name_ids.end()) {
    context_->set(found->second, value);
  }
}

std::string Interpreter::run() {
  execute(parsed_.body);
  return std::move(output_);
}

Scope* Interpreter::push_scope(Scope* parent) {
  Scope* scope = nullptr;
  if (free_scopes_.empty()) {
    scope = &scopes_.emplace_back();
    runtime_.budget().charge_memory(sizeof(Scope));
  } else {
    scope = free_scopes_.back();
    free_scopes_.pop_back();
  }
  scope->parent = parent;
  return scope;
}

void Interpreter::pop_scope(Scope* scope) {
  if (scope->captured) {
    runtime_.budget().charge_memory(scope->variables.size() * sizeof(Value));
    return;
  }
  scope->variables.clear();
  free_scopes_.push_back(scope);
}

void Interpreter::capture(Scope* scope) {
  for (; scope != nullptr && !scope->captured; scope = scope->parent) scope->captured = true;
}

void Interpreter::emit(std::string_view text) {
  runtime_.budget().charge_bytes(text.size());
  out_->append(text);
  runtime_.budget().check_output(out_->size());
}

Interpreter::Flow Interpreter::execute(const Body& body) {
  for (const Stmt* stmt : body) {
    const Flow flow = execute(*stmt);
    if (flow != Flow::kNormal) return flow;
  }
  return Flow::kNormal;
}

Interpreter::Flow Interpreter::execute(const Stmt& stmt) {
  const Budget::Evaluation guard(runtime_.budget());
  switch (stmt.kind) {
    case StmtKind::kData:
      execute_data(stmt);
      break;
    case StmtKind::kPrint:
      execute_print(stmt);
      break;
    case StmtKind::kFor:
      execute_for(stmt);
      break;
    case StmtKind::kIf:
      return execute_if(stmt);
    case StmtKind::kSet:
      execute_set(stmt);
      break;
    case StmtKind::kSetBlock:
      return execute_set_block(stmt);
    case StmtKind::kMacro:
      define_macro(stmt);
      break;
    case StmtKind::kCallBlock:
      execute_call_block(stmt);
      break;
    case StmtKind::kFilterBlock:
      return execute_filter_block(stmt);
    case StmtKind::kGeneration:
    case StmtKind::kScope:
      return execute_scoped(stmt);
    case StmtKind::kWith:
      return execute_with(stmt);
    case StmtKind::kBreak:
      return Flow::kBreak;
    case StmtKind::kContinue:
      return Flow::kContinue;
  }
  return Flow::kNormal;
}

void Interpreter::execute_data(const Stmt& stmt) {
  emit(stmt.text.view_text());
}

void Interpreter::execute_print(const Stmt& stmt) {
  for (const Expr* expr : stmt.expressions) {
    const Value value = evaluate(*expr);
    if (value.is_string()) {
      emit(value.view_text());
    } else {
      emit(to_str(runtime_, value));
    }
  }
}

Interpreter::Flow Interpreter::execute_if(const Stmt& stmt) {
  for (const Stmt::Branch& branch : stmt.branches) {
    if (is_true(evaluate(*branch.condition))) return execute(branch.body);
  }
  return execute(stmt.otherwise);
}

void Interpreter::execute_set(const Stmt& stmt) {
  assign(stmt.target, evaluate(*stmt.expressions[0]));
}

Interpreter::Flow Interpreter::execute_set_block(const Stmt& stmt) {
  Value text;
  {
    const ScopeGuard scope(*this);
    {
      Capture capture(*this);
      const Flow flow = execute(stmt.body);
      if (flow != Flow::kNormal) return flow;
      text = capture.take();
    }
    if (!stmt.expressions.empty()) {
      block_text_ = text;
      text = evaluate(*stmt.expressions[0]);
    }
  }
  assign(stmt.target, text);
  return Flow::kNormal;
}

Interpreter::Flow Interpreter::execute_filter_block(const Stmt& stmt) {
  const ScopeGuard scope(*this);
  {
    Capture capture(*this);
    const Flow flow = execute(stmt.body);
    if (flow != Flow::kNormal) return flow;
    block_text_ = capture.take();
  }
  const Value filtered = evaluate(*stmt.expressions[0]);
  emit(to_str(runtime_, filtered));
  return Flow::kNormal;
}

Interpreter::Flow Interpreter::execute_scoped(const Stmt& stmt) {
  const ScopeGuard scope(*this);
  return execute(stmt.body);
}

Interpreter::Flow Interpreter::execute_with(const Stmt& stmt) {
  std::vector<Value> values;  // all are evaluated outside
  values.reserve(stmt.bindings.size());
  for (const auto& [target, expr] : stmt.bindings) values.push_back(evaluate(*expr));
  const ScopeGuard scope(*this);
  for (std::size_t i = 0; i < values.size(); ++i) assign(stmt.bindings[i].first, values[i]);
  return execute(stmt.body);
}

void Interpreter::execute_call_block(const Stmt& stmt) {
  const Expr& expr = *stmt.expressions[0];
  const Value callee = evaluate(*expr.parts[0]);
  Arguments arguments = evaluate_arguments(expr.call);
  Value given;
  if (arguments.take_named("caller", given)) template_error("the caller of a call block was given twice");
  const Value caller = make_macro(stmt, {});
  Value name;
  name.kind = Kind::kString;
  name = runtime_.text("caller");
  arguments.named.emplace_back(name, caller);
  emit(to_str(runtime_, call(callee, std::move(arguments))));
}

void Interpreter::define_macro(const Stmt& stmt) {
  scope_->set(stmt.name, make_macro(stmt, std::string(stmt.text.view_text())));
}

void Interpreter::assign(const Target& target, const Value& value) {
  switch (target.kind) {
    case Target::Kind::kName:
      scope_->set(target.name, value);
      return;
    case Target::Kind::kNamespace: {
      const Value* found = nullptr;
      for (Scope* scope = scope_; scope != nullptr && found == nullptr; scope = scope->parent) {
        found = scope->find(target.name);
      }
      if (found == nullptr || !found->is(Kind::kNamespace)) {
        template_error("cannot assign attribute on non-namespace object");
      }
      set_item(runtime_, *found->dict, target.attribute, value);
      return;
    }
    case Target::Kind::kTuple:
      break;
  }
  if (!is_iterable(value)) {
    template_error(fmt::format("cannot unpack non-iterable {} object", type_name(value)));
  }
  const std::vector<Value> items = collect(runtime_, value);
  const std::size_t wanted = target.items.size();
  if (items.size() < wanted) {
    template_error(fmt::format("not enough values to unpack (expected {}, got {})", wanted, items.size()));
  }
  if (items.size() > wanted) {
    template_error(value.is_sequence() || value.is(Kind::kDict)
                       ? fmt::format("too many values to unpack (expected {}, got {})", wanted, items.size())
                       : fmt::format("too many values to unpack (expected {})", wanted));
  }
  for (std::size_t i = 0; i < wanted; ++i) assign(target.items[i], items[i]);
}

}  // namespace rbee::engine::jinja
