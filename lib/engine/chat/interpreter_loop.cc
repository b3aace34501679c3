// {% for %} and loop(...).

#include <fmt/format.h>

#include "engine/chat/cursor.h"
#include "engine/chat/interpreter.h"
#include "engine/chat/interpreter_scope.h"
#include "engine/chat/operators.h"

namespace rbee::engine::jinja {

void Interpreter::execute_for(const Stmt& stmt) {
  const Value source = evaluate(*stmt.expressions[0]);
  if (stmt.recursive) capture(scope_);
  run_loop(stmt, source, scope_, 0);
}

void Interpreter::run_loop(const Stmt& stmt, const Value& source, Scope* outer, Integer depth0) {
  runtime_.budget().charge_memory(sizeof(Loop));
  Loop& loop = loops_.emplace_back();
  loop.runtime = &runtime_;
  loop.source = source;
  loop.filtered = stmt.condition != nullptr;
  loop.stmt = &stmt;
  loop.scope = outer;
  loop.depth0 = depth0;
  loop.pull = [this, &stmt, outer, cursor = Cursor(runtime_, source)](Value& item) mutable {
    while (cursor.next(item)) {
      if (stmt.condition == nullptr) return true;
      ScopeGuard scope(*this, outer);  // the condition sees the item but not this loop
      assign(stmt.target, item);
      if (is_true(evaluate(*stmt.condition))) return true;
    }
    return false;
  };
  Value self;
  self.kind = Kind::kLoop;
  self.loop = &loop;

  bool completed = false;  // jinja2 runs the else branch when no round came to its end
  Value item;
  while (loop.advance(item)) {
    ScopeGuard scope(*this, outer);
    scope.scope().set(parsed_.loop, self);
    assign(stmt.target, item);
    const Flow flow = execute(stmt.body);
    if (flow == Flow::kBreak) break;
    if (flow == Flow::kNormal) completed = true;
  }
  if (!completed && !stmt.otherwise.empty()) {
    const ScopeGuard scope(*this, outer);
    execute(stmt.otherwise);
  }
}

Value Interpreter::call_loop(const Value& loop, const Arguments& arguments) {
  if (!loop.loop->stmt->recursive) {
    template_error("The loop must have the 'recursive' marker to be called recursively.");
  }
  const Parameters given("loop", arguments, {"iterable"}, 1);
  const Budget::Call guard(runtime_.budget());
  Capture capture(*this);
  run_loop(*loop.loop->stmt, given[0], loop.loop->scope, loop.loop->depth0 + 1);
  return capture.take();
}

}  // namespace rbee::engine::jinja
