#pragma once
// Jinja's expression grammar.

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/chat/ast.h"
#include "engine/chat/token_stream.h"

namespace rbee::engine::jinja {

/// Parses expressions from a token stream into a template's arenas. Errors: syntax_error.
class ExpressionParser {
 public:
  ExpressionParser(ParsedTemplate& parsed, const TokenList& tokens) : parsed_(parsed), stream_(tokens) {}

 protected:
  /// Counts one level of nesting for as long as it lives; the level after kParseDepthMax throws.
  class Nesting {
   public:
    explicit Nesting(ExpressionParser& parser);
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    ExpressionParser& parser_;
  };

  /// Whether "a if b else c" may stand there: not where an "if" could follow.
  enum class Conditional { kAllowed, kNotAllowed };

  const Expr* parse_expression(Conditional conditional = Conditional::kAllowed);
  /// An expression, or a tuple when commas follow. `end_name` is a keyword that may end it.
  const Expr* parse_tuple(Conditional conditional, std::string_view end_name = {});
  /// What {% set %} and {% for %} assign to; `end_name` as above.
  Target parse_target(bool with_namespace, std::string_view end_name = {});
  /// `| filter | filter(...)` after `input`, which may be null. `inline_start`: the first has no bar before it.
  const Expr* parse_filters(const Expr* input, bool inline_start);

  NameId intern(std::string_view name);
  Value make_text(std::string_view text);
  Expr& make(ExprKind kind, std::uint32_t line, std::vector<const Expr*> parts = {});

  ParsedTemplate& parsed_;
  TokenStream stream_;
  int soft_ = 0;  ///< inside {% if %} or a conditional: unknown filters and tests fail only when reached
  /// What the macro bodies that are being parsed use, innermost last.
  std::vector<Signature*> macros_;

 private:
  const Expr* parse_conditional();
  const Expr* parse_or();
  const Expr* parse_and();
  const Expr* parse_not();
  const Expr* parse_compare();
  const Expr* parse_arithmetic(int level);
  const Expr* parse_concat();
  const Expr* parse_unary(bool with_filters);
  const Expr* parse_primary();
  const Expr* parse_name();
  const Expr* parse_literal_string();
  const Expr* parse_number();
  const Expr* parse_parentheses();
  const Expr* parse_list();
  const Expr* parse_dict();
  const Expr* parse_postfix(const Expr* node);
  const Expr* parse_filter_expression(const Expr* node);
  const Expr* parse_subscript(const Expr* node);
  const Expr* parse_subscribed();
  const Expr* parse_call(const Expr* callee);
  const CallSyntax* parse_arguments();
  const Expr* parse_test(const Expr* node);
  Target parse_single_target(bool with_namespace);
  bool at_tuple_end(std::string_view end_name) const;
  std::string parse_dotted_name();
  void note_name(std::string_view name);

  std::uint32_t depth_ = 0;
};

}  // namespace rbee::engine::jinja
