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
