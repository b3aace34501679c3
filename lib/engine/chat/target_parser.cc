// What {% set %}, {% for %} and {% with %} may assign to.

#include <fmt/format.h>

#include "engine/chat/expression_parser.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {

Target ExpressionParser::parse_single_target(bool with_namespace) {
  const Nesting nesting(*this);
  Target target;
  const Token token = stream_.current();
  if (token.kind == TokenKind::kName) {
    stream_.next();
    for (const std::string_view constant : {"true", "false", "True", "False", "none", "None"}) {
      if (token.text == constant) syntax_error(token.line, "can't assign to 'const'");
    }
    target.name = intern(token.text);
    if (with_namespace && stream_.skip(TokenKind::kDot)) {
      target.kind = Target::Kind::kNamespace;
      target.attribute = make_text(stream_.expect(TokenKind::kName).text);
      note_name(token.text);
    }
    return target;
  }
  if (token.kind == TokenKind::kLparen) {
    stream_.next();
    target = parse_target(with_namespace);
    stream_.expect(TokenKind::kRparen);
    return target;
  }
  const Expr* wrong = parse_primary();
  const std::string_view kind = wrong->kind == ExprKind::kList   ? "list"
                                : wrong->kind == ExprKind::kDict ? "dict"
                                                                 : "const";
  syntax_error(token.line, fmt::format("can't assign to '{}'", kind));
}

Target ExpressionParser::parse_target(bool with_namespace, std::string_view end_name) {
  std::vector<Target> items;
  bool is_tuple = false;
  while (true) {
    if (!items.empty()) stream_.expect(TokenKind::kComma);
    if (at_tuple_end(end_name)) break;
    items.push_back(parse_single_target(with_namespace));
    if (!stream_.at(TokenKind::kComma)) break;
    is_tuple = true;
  }
  if (!is_tuple && !items.empty()) return std::move(items[0]);
  if (!is_tuple) {
    syntax_error(stream_.current().line, "Expected an expression, got " + repr_text(describe(stream_.current())));
  }
  Target target;
  target.kind = Target::Kind::kTuple;
  target.items = std::move(items);
  return target;
}

}  // namespace rbee::engine::jinja
