#pragma once
// A parsed template. Nodes are owned by ParsedTemplate's arenas and point at each other.

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/chat/value.h"

namespace rbee::engine::jinja {

/// Index into ParsedTemplate::names.
using NameId = std::uint32_t;

enum class ExprKind : std::uint8_t {
  kConstant,     ///< value
  kName,         ///< name
  kList,         ///< parts
  kTuple,        ///< parts
  kDict,         ///< parts: key, value, key, value, ...
  kArithmetic,   ///< parts[0] operations[0] parts[1] operations[1] ..., from the left
  kConcat,       ///< parts
  kAnd,          ///< parts
  kOr,           ///< parts
  kNot,          ///< parts[0]
  kNegate,       ///< parts[0]
  kPlus,         ///< parts[0]
  kCompare,      ///< parts[0] operations[0] parts[1] ..., chained as in Python
  kConditional,  ///< parts: condition, then, else (null: undefined)
  kAttribute,    ///< parts[0].value
  kSubscript,    ///< parts[0][parts[1]]
  kSlice,        ///< parts: start, stop, step, each may be null; only as parts[1] of kSubscript
  kCall,         ///< parts[0](call)
  kFilter,       ///< parts[0] | native(call); a null parts[0] is the text of the enclosing block
  kTest,         ///< parts[0] is native(call)
};

enum class Operation : std::uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kFloorDivide,
  kModulo,
  kPower,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kNotIn,
};

struct Expr;

/// The arguments of a call, a filter or a test.
struct CallSyntax {
  std::vector<const Expr*> positional;
  std::vector<std::pair<Value, const Expr*>> named;
  const Expr* star = nullptr;       ///< *args
  const Expr* star_star = nullptr;  ///< **kwargs
};

struct Expr {
  ExprKind kind = ExprKind::kConstant;
  std::uint32_t line = 0;
  std::uint32_t height = 1;  ///< of the tree below, this node included
  NameId name = 0;
  Value value;  ///< the constant; the name of an attribute, a filter or a test
  std::vector<const Expr*> parts;
  std::vector<Operation> operations;
  const CallSyntax* call = nullptr;    ///< null: no arguments
  const NativeSpec* native = nullptr;  ///< null: an unknown filter or test, an error when it is reached
};

/// What {% set %}, {% for %} and {% with %} assign to.
struct Target {
  enum class Kind : std::uint8_t { kName, kNamespace, kTuple };
  Kind kind = Kind::kName;
  NameId name = 0;
  Value attribute;            ///< of a namespace
  std::vector<Target> items;  ///< of a tuple
};

/// The parameters of a macro or a call block.
struct Signature {
  struct Parameter {
    NameId name = 0;
    Value text;
    const Expr* fallback = nullptr;
  };
  std::vector<Parameter> parameters;
  /// Which of the implicit variables the body uses without declaring them as parameters.
  bool uses_caller = false, uses_kwargs = false, uses_varargs = false;
  bool has_explicit_caller = false;
};

enum class StmtKind : std::uint8_t {
  kData,         ///< text
  kPrint,        ///< expressions
  kFor,          ///< target in expressions[0] if condition: body, otherwise
  kIf,           ///< branches, otherwise
  kSet,          ///< target = expressions[0]
  kSetBlock,     ///< target = body, through the filter expressions[0] when there is one
  kMacro,        ///< name, signature, body
  kCallBlock,    ///< expressions[0] is the call; signature and body are the caller
  kFilterBlock,  ///< expressions[0] is the filter of body
  kGeneration,   ///< body
  kScope,        ///< body: {% block %}, {% autoescape %}
  kWith,         ///< bindings, body
  kBreak,
  kContinue,
};

struct Stmt;
using Body = std::vector<const Stmt*>;

struct Stmt {
  struct Branch {
    const Expr* condition = nullptr;
    Body body;
  };
  StmtKind kind = StmtKind::kData;
  std::uint32_t line = 0;
  bool recursive = false;  ///< of a loop
  NameId name = 0;
  Value text;
  std::vector<const Expr*> expressions;
  const Expr* condition = nullptr;
  Target target;
  Body body;
  Body otherwise;
  std::vector<Branch> branches;
  Signature signature;
  std::vector<std::pair<Target, const Expr*>> bindings;
};

/// Immutable once parsed; any thread may read.
struct ParsedTemplate {
  std::deque<Text> texts;
  std::deque<Expr> expressions;
  std::deque<CallSyntax> calls;
  std::deque<Stmt> statements;
  std::vector<std::string> names;
  std::map<std::string, NameId, std::less<>> name_ids;
  Body body;
  NameId loop = 0, caller = 0, kwargs = 0, varargs = 0;
};

}  // namespace rbee::engine::jinja
