#pragma once
// Runs a parsed template.

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/chat/ast.h"
#include "engine/chat/loop.h"
#include "engine/chat/macro.h"
#include "engine/chat/native.h"
#include "engine/chat/runtime.h"

namespace rbee::engine::jinja {

/// The variables of one block.
struct Scope {
  Scope* parent = nullptr;
  std::vector<std::pair<NameId, Value>> variables;
  bool captured = false;  ///< a macro or a recursive loop refers to it: it stays until the rendering ends

  const Value* find(NameId name) const;
  void set(NameId name, const Value& value);
};

/// One rendering. Use once, on one thread.
class Interpreter {
 public:
  Interpreter(const ParsedTemplate& parsed, Runtime& runtime);

  /// Gives the template a variable, if it mentions the name.
  void define(std::string_view name, const Value& value);
  /// The output. Throws Error{kBadRequest}.
  std::string run();

 private:
  enum class Flow { kNormal, kBreak, kContinue };
  class ScopeGuard;
  class Capture;

  // Statements: interpreter.cc
  Flow execute(const Body& body);
  Flow execute(const Stmt& stmt);
  void execute_data(const Stmt& stmt);
  void execute_print(const Stmt& stmt);
  Flow execute_if(const Stmt& stmt);
  void execute_set(const Stmt& stmt);
  Flow execute_set_block(const Stmt& stmt);
  Flow execute_filter_block(const Stmt& stmt);
  Flow execute_scoped(const Stmt& stmt);
  Flow execute_with(const Stmt& stmt);
  void execute_call_block(const Stmt& stmt);
  void define_macro(const Stmt& stmt);
  void assign(const Target& target, const Value& value);
  void emit(std::string_view text);

  // Loops: interpreter_loop.cc
  void execute_for(const Stmt& stmt);
  void execute_plain_loop(const Stmt& stmt, const Value& source);
  void run_loop(const Stmt& stmt, const Value& source, Scope* outer, Integer depth0);
  Value call_loop(const Value& loop, const Arguments& arguments);

  // Calls: interpreter_call.cc
  Value call(const Value& callee, Arguments arguments);
  Value call_macro(const Macro& macro, Arguments arguments);
  void bind_parameters(const Macro& macro, Arguments& arguments, Scope& scope);
  Arguments evaluate_arguments(const CallSyntax* syntax);
  Value make_macro(const Stmt& stmt, const std::string& name);

  // Expressions: interpreter_expression.cc
  Value evaluate(const Expr& expr);
  Value evaluate_name(const Expr& expr);
  Value evaluate_items(const Expr& expr);
  Value evaluate_dict(const Expr& expr);
  Value evaluate_arithmetic(const Expr& expr);
  Value evaluate_concat(const Expr& expr);
  Value evaluate_logic(const Expr& expr);
  Value evaluate_compare(const Expr& expr);
  Value evaluate_conditional(const Expr& expr);
  Value evaluate_subscript(const Expr& expr);
  Value evaluate_call(const Expr& expr);
  Value evaluate_filter(const Expr& expr);
  Value evaluate_test(const Expr& expr);

  Scope* push_scope(Scope* parent);
  void pop_scope(Scope* scope);
  /// Marks a scope and those around it as referred to.
  static void capture(Scope* scope);

  const ParsedTemplate& parsed_;
  Runtime& runtime_;
  std::deque<Scope> scopes_;
  std::vector<Scope*> free_scopes_;
  std::deque<Macro> macros_;
  std::deque<Loop> loops_;
  Scope* context_;  // the variables that were given
  Scope* scope_;    // the innermost
  std::string output_;
  std::string* out_ = &output_;  // or the buffer of the innermost capture
  Value block_text_;             // what a filter without input filters
};

}  // namespace rbee::engine::jinja
