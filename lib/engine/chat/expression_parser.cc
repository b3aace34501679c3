#include "engine/chat/expression_parser.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "engine/chat/builtins.h"
#include "engine/chat/limits.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {
namespace {

std::string too_deep() {
  return fmt::format("nested deeper than {}", kParseDepthMax);
}

bool find_operation(TokenKind kind, Operation& operation) {
  switch (kind) {
    case TokenKind::kAdd:
      operation = Operation::kAdd;
      return true;
    case TokenKind::kSub:
      operation = Operation::kSubtract;
      return true;
    case TokenKind::kMul:
      operation = Operation::kMultiply;
      return true;
    case TokenKind::kDiv:
      operation = Operation::kDivide;
      return true;
    case TokenKind::kFloordiv:
      operation = Operation::kFloorDivide;
      return true;
    case TokenKind::kMod:
      operation = Operation::kModulo;
      return true;
    case TokenKind::kPow:
      operation = Operation::kPower;
      return true;
    case TokenKind::kEq:
      operation = Operation::kEqual;
      return true;
    case TokenKind::kNe:
      operation = Operation::kNotEqual;
      return true;
    case TokenKind::kLt:
      operation = Operation::kLess;
      return true;
    case TokenKind::kLteq:
      operation = Operation::kLessEqual;
      return true;
    case TokenKind::kGt:
      operation = Operation::kGreater;
      return true;
    case TokenKind::kGteq:
      operation = Operation::kGreaterEqual;
      return true;
    default:
      return false;
  }
}

// Levels of binary operators, loosest first; ~ stands between the first two and has its own rule.
constexpr int kSumLevel = 0, kProductLevel = 1, kPowerLevel = 2, kUnaryLevel = 3;

int level_of(Operation operation) {
  switch (operation) {
    case Operation::kAdd:
    case Operation::kSubtract:
      return kSumLevel;
    case Operation::kMultiply:
    case Operation::kDivide:
    case Operation::kFloorDivide:
    case Operation::kModulo:
      return kProductLevel;
    case Operation::kPower:
      return kPowerLevel;
    default:
      return -1;
  }
}

}  // namespace

ExpressionParser::Nesting::Nesting(ExpressionParser& parser) : parser_(parser) {
  if (parser_.depth_ >= kParseDepthMax) syntax_error(parser_.stream_.current().line, too_deep());
  ++parser_.depth_;
}

NameId ExpressionParser::intern(std::string_view name) {
  if (const auto found = parsed_.name_ids.find(name); found != parsed_.name_ids.end()) return found->second;
  const NameId id = static_cast<NameId>(parsed_.names.size());
  parsed_.names.emplace_back(name);
  parsed_.name_ids.emplace(std::string(name), id);
  return id;
}

Value ExpressionParser::make_text(std::string_view text) {
  parsed_.texts.push_back({std::string(text), true});
  Value value;
  value.kind = Kind::kString;
  value.text = &parsed_.texts.back();
  value.length = text.size();
  return value;
}

Expr& ExpressionParser::make(ExprKind kind, std::uint32_t line, std::vector<const Expr*> parts) {
  std::uint32_t height = 0;
  for (const Expr* part : parts) height = std::max(height, part != nullptr ? part->height : 0);
  if (height >= kParseDepthMax) syntax_error(line, too_deep());
  Expr& node = parsed_.expressions.emplace_back();
  node.kind = kind;
  node.line = line;
  node.height = height + 1;
  node.parts = std::move(parts);
  return node;
}

const Expr* ExpressionParser::parse_expression(Conditional conditional) {
  const Nesting nesting(*this);
  return conditional == Conditional::kAllowed ? parse_conditional() : parse_or();
}

const Expr* ExpressionParser::parse_conditional() {
  const std::uint32_t line = stream_.current().line;
  const Expr* value = parse_or();
  while (stream_.skip_name("if")) {
    ++soft_;
    const Expr* condition = parse_or();
    const Expr* otherwise = stream_.skip_name("else") ? parse_expression() : nullptr;
    --soft_;
    value = &make(ExprKind::kConditional, line, {condition, value, otherwise});
  }
  return value;
}

const Expr* ExpressionParser::parse_or() {
  const std::uint32_t line = stream_.current().line;
  std::vector<const Expr*> parts = {parse_and()};
  while (stream_.skip_name("or")) parts.push_back(parse_and());
  return parts.size() == 1 ? parts[0] : &make(ExprKind::kOr, line, std::move(parts));
}

const Expr* ExpressionParser::parse_and() {
  const std::uint32_t line = stream_.current().line;
  std::vector<const Expr*> parts = {parse_not()};
  while (stream_.skip_name("and")) parts.push_back(parse_not());
  return parts.size() == 1 ? parts[0] : &make(ExprKind::kAnd, line, std::move(parts));
}

const Expr* ExpressionParser::parse_not() {
  const std::uint32_t line = stream_.current().line;
  if (!stream_.skip_name("not")) return parse_compare();
  const Nesting nesting(*this);
  return &make(ExprKind::kNot, line, {parse_not()});
}

const Expr* ExpressionParser::parse_compare() {
  const std::uint32_t line = stream_.current().line;
  std::vector<const Expr*> parts = {parse_arithmetic(kSumLevel)};
  std::vector<Operation> operations;
  while (true) {
    Operation operation{};
    if (find_operation(stream_.current().kind, operation) && level_of(operation) < 0) {
      stream_.next();
    } else if (stream_.skip_name("in")) {
      operation = Operation::kIn;
    } else if (stream_.at_name("not") && stream_.next_is_name("in")) {
      stream_.next();
      stream_.next();
      operation = Operation::kNotIn;
    } else {
      break;
    }
    operations.push_back(operation);
    parts.push_back(parse_arithmetic(kSumLevel));
  }
  if (operations.empty()) return parts[0];
  Expr& node = make(ExprKind::kCompare, line, std::move(parts));
  node.operations = std::move(operations);
  return &node;
}

const Expr* ExpressionParser::parse_arithmetic(int level) {
  const auto parse_operand = [this, level] {
    if (level == kSumLevel) return parse_concat();
    return level + 1 == kUnaryLevel ? parse_unary(true) : parse_arithmetic(level + 1);
  };
  const std::uint32_t line = stream_.current().line;
  std::vector<const Expr*> parts = {parse_operand()};
  std::vector<Operation> operations;
  for (Operation operation{}; find_operation(stream_.current().kind, operation) && level_of(operation) == level;) {
    stream_.next();
    operations.push_back(operation);
    parts.push_back(parse_operand());
  }
  if (operations.empty()) return parts[0];
  Expr& node = make(ExprKind::kArithmetic, line, std::move(parts));
  node.operations = std::move(operations);
  return &node;
}

const Expr* ExpressionParser::parse_concat() {
  const std::uint32_t line = stream_.current().line;
  std::vector<const Expr*> parts = {parse_arithmetic(kProductLevel)};
  while (stream_.skip(TokenKind::kTilde)) parts.push_back(parse_arithmetic(kProductLevel));
  return parts.size() == 1 ? parts[0] : &make(ExprKind::kConcat, line, std::move(parts));
}

const Expr* ExpressionParser::parse_unary(bool with_filters) {
  const Token& token = stream_.current();
  const Expr* node = nullptr;
  if (token.kind == TokenKind::kSub || token.kind == TokenKind::kAdd) {
    const Nesting nesting(*this);
    stream_.next();
    const Expr* operand = parse_unary(false);
    node = &make(token.kind == TokenKind::kSub ? ExprKind::kNegate : ExprKind::kPlus, token.line, {operand});
  } else {
    node = parse_primary();
  }
  node = parse_postfix(node);
  return with_filters ? parse_filter_expression(node) : node;
}

const Expr* ExpressionParser::parse_primary() {
  const Token& token = stream_.current();
  switch (token.kind) {
    case TokenKind::kName:
      return parse_name();
    case TokenKind::kString:
      return parse_literal_string();
    case TokenKind::kInteger:
    case TokenKind::kFloat:
      return parse_number();
    case TokenKind::kLparen:
      return parse_parentheses();
    case TokenKind::kLbracket:
      return parse_list();
    case TokenKind::kLbrace:
      return parse_dict();
    default:
      syntax_error(token.line, "unexpected " + repr_text(describe(token)));
  }
}

const Expr* ExpressionParser::parse_name() {
  const Token& token = stream_.next();
  const std::string_view text = token.text;
  const bool is_true = text == "true" || text == "True", is_none = text == "none" || text == "None";
  if (is_true || is_none || text == "false" || text == "False") {
    Expr& node = make(ExprKind::kConstant, token.line);
    if (!is_none) node.value = Value::of(is_true);
    return &node;
  }
  note_name(text);
  Expr& node = make(ExprKind::kName, token.line);
  node.name = intern(text);
  return &node;
}

void ExpressionParser::note_name(std::string_view name) {
  for (Signature* macro : macros_) {
    if (name == "caller") macro->uses_caller = true;
    if (name == "kwargs") macro->uses_kwargs = true;
    if (name == "varargs") macro->uses_varargs = true;
  }
}

const Expr* ExpressionParser::parse_literal_string() {
  const std::uint32_t line = stream_.current().line;
  std::string text;
  while (stream_.at(TokenKind::kString)) text += stream_.next().text;
  Expr& node = make(ExprKind::kConstant, line);
  node.value = make_text(text);
  return &node;
}

const Expr* ExpressionParser::parse_number() {
  const Token& token = stream_.next();
  Expr& node = make(ExprKind::kConstant, token.line);
  if (token.kind == TokenKind::kFloat) {
    // strtod rather than from_chars: clang 14's library has none for double. The text is a valid literal.
    node.value = Value::of(std::strtod(std::string(token.text).c_str(), nullptr));
    return &node;
  }
  Integer number = 0;
  if (!parse_integer(token.text, 0, number))
    syntax_error(token.line, fmt::format("integer {} is too large", token.text));
  node.value = Value::of(number);
  return &node;
}

const Expr* ExpressionParser::parse_parentheses() {
  const std::uint32_t line = stream_.next().line;
  const Expr* node = nullptr;
  if (stream_.at(TokenKind::kRparen)) {
    node = &make(ExprKind::kTuple, line);
  } else {
    node = parse_tuple(Conditional::kAllowed);
  }
  stream_.expect(TokenKind::kRparen);
  return node;
}

const Expr* ExpressionParser::parse_list() {
  const std::uint32_t line = stream_.next().line;
  std::vector<const Expr*> items;
  while (!stream_.at(TokenKind::kRbracket)) {
    if (!items.empty()) stream_.expect(TokenKind::kComma);
    if (stream_.at(TokenKind::kRbracket)) break;
    items.push_back(parse_expression());
  }
  stream_.next();
  return &make(ExprKind::kList, line, std::move(items));
}

const Expr* ExpressionParser::parse_dict() {
  const std::uint32_t line = stream_.next().line;
  std::vector<const Expr*> items;
  while (!stream_.at(TokenKind::kRbrace)) {
    if (!items.empty()) stream_.expect(TokenKind::kComma);
    if (stream_.at(TokenKind::kRbrace)) break;
    items.push_back(parse_expression());
    stream_.expect(TokenKind::kColon);
    items.push_back(parse_expression());
  }
  stream_.next();
  return &make(ExprKind::kDict, line, std::move(items));
}

bool ExpressionParser::at_tuple_end(std::string_view end_name) const {
  return stream_.at(TokenKind::kVariableEnd) || stream_.at(TokenKind::kBlockEnd) || stream_.at(TokenKind::kRparen) ||
         (!end_name.empty() && stream_.at_name(end_name));
}

const Expr* ExpressionParser::parse_tuple(Conditional conditional, std::string_view end_name) {
  const std::uint32_t line = stream_.current().line;
  std::vector<const Expr*> items;
  bool is_tuple = false;
  while (true) {
    if (!items.empty()) stream_.expect(TokenKind::kComma);
    if (at_tuple_end(end_name)) break;
    items.push_back(parse_expression(conditional));
    if (!stream_.at(TokenKind::kComma)) break;
    is_tuple = true;
  }
  if (is_tuple) return &make(ExprKind::kTuple, line, std::move(items));
  if (items.empty()) {
    syntax_error(stream_.current().line, "Expected an expression, got " + repr_text(describe(stream_.current())));
  }
  return items[0];
}

}  // namespace rbee::engine::jinja
