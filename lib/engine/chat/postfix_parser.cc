// What stands behind a value: subscripts, calls, filters and tests.

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/expression_parser.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {

const Expr* ExpressionParser::parse_postfix(const Expr* node) {
  while (true) {
    if (stream_.at(TokenKind::kDot) || stream_.at(TokenKind::kLbracket)) {
      node = parse_subscript(node);
    } else if (stream_.at(TokenKind::kLparen)) {
      node = parse_call(node);
    } else {
      return node;
    }
  }
}

const Expr* ExpressionParser::parse_filter_expression(const Expr* node) {
  while (true) {
    if (stream_.at(TokenKind::kPipe)) {
      node = parse_filters(node, false);
    } else if (stream_.at_name("is")) {
      node = parse_test(node);
    } else if (stream_.at(TokenKind::kLparen)) {
      node = parse_call(node);
    } else {
      return node;
    }
  }
}

const Expr* ExpressionParser::parse_subscript(const Expr* node) {
  const Token& token = stream_.next();
  if (token.kind == TokenKind::kDot) {
    const Token& attribute = stream_.next();
    if (attribute.kind == TokenKind::kName) {
      Expr& access = make(ExprKind::kAttribute, token.line, {node});
      access.value = make_text(attribute.text);
      return &access;
    }
    if (attribute.kind != TokenKind::kInteger) syntax_error(attribute.line, "expected name or number");
    Expr& index = make(ExprKind::kConstant, attribute.line);
    Integer number = 0;
    if (!parse_integer(attribute.text, 0, number)) syntax_error(attribute.line, "the index is too large");
    index.value = Value::of(number);
    return &make(ExprKind::kSubscript, token.line, {node, &index});
  }
  std::vector<const Expr*> indexes;
  while (!stream_.at(TokenKind::kRbracket)) {
    if (!indexes.empty()) stream_.expect(TokenKind::kComma);
    indexes.push_back(parse_subscribed());
  }
  stream_.next();
  const Expr* index = indexes.size() == 1 ? indexes[0] : nullptr;
  if (index == nullptr) {
    for (const Expr* item : indexes) {
      if (item->kind == ExprKind::kSlice) syntax_error(token.line, "slices of several dimensions are not supported");
    }
    index = &make(ExprKind::kTuple, token.line, std::move(indexes));
  }
  return &make(ExprKind::kSubscript, token.line, {node, index});
}

const Expr* ExpressionParser::parse_subscribed() {
  const std::uint32_t line = stream_.current().line;
  const Expr *start = nullptr, *stop = nullptr, *step = nullptr;
  if (!stream_.at(TokenKind::kColon)) {
    start = parse_expression();
    if (!stream_.at(TokenKind::kColon)) return start;
  }
  stream_.next();
  const auto at_end = [this] { return stream_.at(TokenKind::kRbracket) || stream_.at(TokenKind::kComma); };
  if (!stream_.at(TokenKind::kColon) && !at_end()) stop = parse_expression();
  if (stream_.skip(TokenKind::kColon) && !at_end()) step = parse_expression();
  return &make(ExprKind::kSlice, line, {start, stop, step});
}

const Expr* ExpressionParser::parse_call(const Expr* callee) {
  const std::uint32_t line = stream_.current().line;
  const CallSyntax* arguments = parse_arguments();
  Expr& node = make(ExprKind::kCall, line, {callee});
  node.call = arguments;
  return &node;
}

const CallSyntax* ExpressionParser::parse_arguments() {
  const std::uint32_t line = stream_.expect(TokenKind::kLparen).line;
  CallSyntax call;
  const auto ensure = [line](bool valid) {
    if (!valid) syntax_error(line, "invalid syntax for function call expression");
  };
  for (bool first = true; !stream_.at(TokenKind::kRparen); first = false) {
    if (!first) {
      stream_.expect(TokenKind::kComma);
      if (stream_.at(TokenKind::kRparen)) break;
    }
    if (stream_.skip(TokenKind::kMul)) {
      ensure(call.star == nullptr && call.star_star == nullptr);
      call.star = parse_expression();
    } else if (stream_.skip(TokenKind::kPow)) {
      ensure(call.star_star == nullptr);
      call.star_star = parse_expression();
    } else if (stream_.at(TokenKind::kName) && stream_.look().kind == TokenKind::kAssign) {
      ensure(call.star_star == nullptr);
      const Value name = make_text(stream_.next().text);
      stream_.next();
      call.named.emplace_back(name, parse_expression());
    } else {
      ensure(call.star == nullptr && call.star_star == nullptr && call.named.empty());
      call.positional.push_back(parse_expression());
    }
  }
  stream_.next();
  return &parsed_.calls.emplace_back(std::move(call));
}

std::string ExpressionParser::parse_dotted_name() {
  std::string name(stream_.expect(TokenKind::kName).text);
  while (stream_.skip(TokenKind::kDot)) {
    name += '.';
    name += stream_.expect(TokenKind::kName).text;
  }
  return name;
}

const Expr* ExpressionParser::parse_filters(const Expr* input, bool inline_start) {
  while (inline_start || stream_.at(TokenKind::kPipe)) {
    if (!inline_start) stream_.next();
    inline_start = false;
    const std::uint32_t line = stream_.current().line;
    const std::string name = parse_dotted_name();
    const CallSyntax* arguments = stream_.at(TokenKind::kLparen) ? parse_arguments() : nullptr;
    if (is_refused_filter(name)) syntax_error(line, fmt::format("filter '{}' is not allowed", name));
    Expr& node = make(ExprKind::kFilter, line, {input});
    node.call = arguments;
    node.native = find_filter(name);
    node.value = make_text(name);
    if (node.native == nullptr && soft_ == 0) syntax_error(line, fmt::format("No filter named {}.", repr_text(name)));
    input = &node;
  }
  return input;
}

const Expr* ExpressionParser::parse_test(const Expr* node) {
  const std::uint32_t line = stream_.next().line;
  const bool negated = stream_.skip_name("not");
  const std::string name = parse_dotted_name();
  const CallSyntax* arguments = nullptr;
  const TokenKind next = stream_.current().kind;
  if (next == TokenKind::kLparen) {
    arguments = parse_arguments();
  } else if ((next == TokenKind::kName || next == TokenKind::kString || next == TokenKind::kInteger ||
              next == TokenKind::kFloat || next == TokenKind::kLbracket || next == TokenKind::kLbrace) &&
             !stream_.at_any_name({"else", "or", "and"})) {
    if (stream_.at_name("is")) syntax_error(stream_.current().line, "You cannot chain multiple tests with is");
    CallSyntax call;
    call.positional.push_back(parse_postfix(parse_primary()));
    arguments = &parsed_.calls.emplace_back(std::move(call));
  }
  Expr& test = make(ExprKind::kTest, line, {node});
  test.call = arguments;
  test.native = find_test(name);
  test.value = make_text(name);
  if (test.native == nullptr && soft_ == 0) syntax_error(line, fmt::format("No test named {}.", repr_text(name)));
  return negated ? &make(ExprKind::kNot, line, {&test}) : &test;
}

}  // namespace rbee::engine::jinja
