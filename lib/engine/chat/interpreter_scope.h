#pragma once
// Guards of the interpreter's state.

#include "engine/chat/interpreter.h"

namespace rbee::engine::jinja {

/// A new innermost scope for as long as it lives.
class Interpreter::ScopeGuard {
 public:
  ScopeGuard(Interpreter& interpreter, Scope* parent)
      : interpreter_(interpreter), outer_(interpreter.scope_), scope_(interpreter.push_scope(parent)) {
    interpreter_.scope_ = scope_;
  }
  explicit ScopeGuard(Interpreter& interpreter) : ScopeGuard(interpreter, interpreter.scope_) {}
  ~ScopeGuard() {
    interpreter_.scope_ = outer_;
    interpreter_.pop_scope(scope_);
  }
  ScopeGuard(const ScopeGuard&) = delete;
  ScopeGuard& operator=(const ScopeGuard&) = delete;

  Scope& scope() { return *scope_; }

 private:
  Interpreter& interpreter_;
  Scope* outer_;
  Scope* scope_;
};

/// Output goes into a buffer for as long as it lives.
class Interpreter::Capture {
 public:
  explicit Capture(Interpreter& interpreter) : interpreter_(interpreter), outer_(interpreter.out_) {
    interpreter_.out_ = &buffer_;
  }
  ~Capture() { interpreter_.out_ = outer_; }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  Value take() { return interpreter_.runtime_.text(std::move(buffer_)); }

 private:
  Interpreter& interpreter_;
  std::string* outer_;
  std::string buffer_;
};

}  // namespace rbee::engine::jinja
