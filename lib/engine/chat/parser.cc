#include "engine/chat/parser.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/utf8.h"
#include "engine/chat/expression_parser.h"
#include "engine/chat/lexer.h"
#include "engine/chat/limits.h"
#include "engine/chat/python_text.h"

namespace rbee::engine::jinja {
namespace {

using EndTags = std::vector<std::string_view>;

class TemplateParser : public ExpressionParser {
 public:
  using ExpressionParser::ExpressionParser;

  void run() {
    parsed_.loop = intern("loop");
    parsed_.caller = intern("caller");
    parsed_.kwargs = intern("kwargs");
    parsed_.varargs = intern("varargs");
    parsed_.body = parse_body(nullptr);
  }

 private:
  Stmt& make_stmt(StmtKind kind, std::uint32_t line) {
    Stmt& stmt = parsed_.statements.emplace_back();
    stmt.kind = kind;
    stmt.line = line;
    return stmt;
  }

  // Text, prints and statements up to one of the end tags, which stays current; without end tags to the end.
  Body parse_body(const EndTags* end_tags) {
    Body body;
    if (end_tags != nullptr) end_tags_.push_back(end_tags);
    while (!stream_.at(TokenKind::kEnd)) {
      const Token& token = stream_.current();
      if (token.kind == TokenKind::kData) {
        Stmt& data = make_stmt(StmtKind::kData, token.line);
        data.text = make_text(token.text);
        body.push_back(&data);
        stream_.next();
      } else if (token.kind == TokenKind::kVariableBegin) {
        stream_.next();
        Stmt& print = make_stmt(StmtKind::kPrint, token.line);
        print.expressions.push_back(parse_tuple(Conditional::kAllowed));
        stream_.expect(TokenKind::kVariableEnd);
        body.push_back(&print);
      } else {
        stream_.next();
        if (end_tags != nullptr && at_end_tag(*end_tags)) break;
        if (const Stmt* stmt = parse_statement()) body.push_back(stmt);
        stream_.expect(TokenKind::kBlockEnd);
      }
    }
    if (end_tags != nullptr) {
      if (stream_.at(TokenKind::kEnd)) fail_structure({}, stream_.current().line);
      end_tags_.pop_back();
    }
    return body;
  }

  bool at_end_tag(const EndTags& end_tags) const {
    return stream_.at(TokenKind::kName) &&
           std::find(end_tags.begin(), end_tags.end(), stream_.current().text) != end_tags.end();
  }

  // The body of a statement whose head is complete; the end tag stays current.
  Body parse_block(const EndTags& end_tags) {
    stream_.skip(TokenKind::kColon);
    stream_.expect(TokenKind::kBlockEnd);
    return parse_body(&end_tags);
  }

  // The same, with the end tag taken.
  Body parse_closed_block(const EndTags& end_tags) {
    Body body = parse_block(end_tags);
    stream_.next();
    return body;
  }

  [[noreturn]] void fail_structure(std::string_view unknown_tag, std::uint32_t line) const {
    std::string message =
        unknown_tag.empty() ? "Unexpected end of template." : "Encountered unknown tag " + repr_text(unknown_tag) + ".";
    if (!end_tags_.empty()) {
      std::string looking;
      for (const std::string_view tag : *end_tags_.back()) {
        looking += (looking.empty() ? "" : " or ") + repr_text(tag);
      }
      bool misplaced = false;
      for (const EndTags* tags : end_tags_) {
        misplaced = misplaced || std::find(tags->begin(), tags->end(), unknown_tag) != tags->end();
      }
      message += misplaced
                     ? " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for "
                     : " Jinja was looking for the following tags: ";
      message += looking + ".";
    }
    if (!open_tags_.empty()) {
      message += " The innermost block that needs to be closed is " + repr_text(open_tags_.back()) + ".";
    }
    syntax_error(line, message);
  }

  const Stmt* parse_statement() {
    const Nesting nesting(*this);
    const Token& token = stream_.current();
    if (token.kind != TokenKind::kName) syntax_error(token.line, "tag name expected");
    open_tags_.push_back(token.text);
    const Stmt* stmt = parse_tag(token);
    open_tags_.pop_back();
    return stmt;
  }

  const Stmt* parse_tag(const Token& token) {
    const std::string_view tag = token.text;
    if (tag == "for") return parse_for();
    if (tag == "if") return parse_if();
    if (tag == "set") return parse_set();
    if (tag == "macro") return parse_macro();
    if (tag == "call") return parse_call_block();
    if (tag == "filter") return parse_filter_block();
    if (tag == "generation") return parse_generation();
    if (tag == "with") return parse_with();
    if (tag == "print") return parse_print();
    if (tag == "block") return parse_named_block();
    if (tag == "autoescape") return parse_autoescape();
    if (tag == "break" || tag == "continue") return parse_jump(token);
    if (tag == "include" || tag == "import" || tag == "from" || tag == "extends") {
      syntax_error(token.line, fmt::format("'{}' is not allowed in a chat template", tag));
    }
    open_tags_.pop_back();
    fail_structure(tag, token.line);
  }

  const Stmt* parse_for() {
    Stmt& stmt = make_stmt(StmtKind::kFor, stream_.next().line);
    stmt.target = parse_target(false, "in");
    check_loop_target(stmt.target, stmt.line);
    stream_.expect_name("in");
    stmt.expressions.push_back(parse_tuple(Conditional::kNotAllowed, "recursive"));
    if (stream_.skip_name("if")) stmt.condition = parse_expression();
    stmt.recursive = stream_.skip_name("recursive");
    ++loops_;
    ++loops_around_;
    stmt.body = parse_block({"endfor", "else"});
    --loops_;
    if (stream_.next().text == "else") stmt.otherwise = parse_closed_block({"endfor"});
    --loops_around_;
    return &stmt;
  }

  void check_loop_target(const Target& target, std::uint32_t line) const {
    if (target.kind == Target::Kind::kName && target.name == parsed_.loop) {
      syntax_error(line, "Can't assign to special loop variable in for-loop target");
    }
    for (const Target& item : target.items) check_loop_target(item, line);
  }

  const Stmt* parse_if() {
    Stmt& stmt = make_stmt(StmtKind::kIf, stream_.current().line);
    ++soft_;
    do {
      stream_.next();  // if, elif
      Stmt::Branch branch;
      branch.condition = parse_tuple(Conditional::kNotAllowed);
      branch.body = parse_block({"elif", "else", "endif"});
      stmt.branches.push_back(std::move(branch));
    } while (stream_.at_name("elif"));
    if (stream_.next().text == "else") stmt.otherwise = parse_closed_block({"endif"});
    --soft_;
    return &stmt;
  }

  const Stmt* parse_set() {
    const std::uint32_t line = stream_.next().line;
    Target target = parse_target(true);
    if (loops_around_ > 0) check_loop_target(target, line);
    if (stream_.skip(TokenKind::kAssign)) {
      Stmt& stmt = make_stmt(StmtKind::kSet, line);
      stmt.target = std::move(target);
      stmt.expressions.push_back(parse_tuple(Conditional::kAllowed));
      return &stmt;
    }
    Stmt& stmt = make_stmt(StmtKind::kSetBlock, line);
    stmt.target = std::move(target);
    if (const Expr* filter = parse_filters(nullptr, false)) stmt.expressions.push_back(filter);
    stmt.body = parse_closed_block({"endset"});
    return &stmt;
  }

  // The parameters of a macro or a call block.
  Signature parse_signature() {
    Signature signature;
    stream_.expect(TokenKind::kLparen);
    while (!stream_.at(TokenKind::kRparen)) {
      if (!signature.parameters.empty()) stream_.expect(TokenKind::kComma);
      const Token& name = stream_.expect(TokenKind::kName);
      Signature::Parameter parameter;
      parameter.name = intern(name.text);
      parameter.text = make_text(name.text);
      if (stream_.skip(TokenKind::kAssign)) {
        parameter.fallback = parse_expression();
      } else if (!signature.parameters.empty() && signature.parameters.back().fallback != nullptr) {
        syntax_error(stream_.current().line, "non-default argument follows default argument");
      }
      signature.parameters.push_back(parameter);
    }
    stream_.next();
    return signature;
  }

  // The body of a macro or a call block: what it uses is noted in the statement's signature.
  void parse_macro_body(Stmt& stmt, const EndTags& end_tags) {
    Signature used;
    macros_.push_back(&used);
    const int loops = std::exchange(loops_, 0);
    const int soft = std::exchange(soft_, 0);
    stmt.body = parse_closed_block(end_tags);
    soft_ = soft;
    loops_ = loops;
    macros_.pop_back();
    Signature& signature = stmt.signature;
    for (const Signature::Parameter& parameter : signature.parameters) {
      if (parameter.name == parsed_.caller) {
        signature.has_explicit_caller = true;
        if (used.uses_caller && parameter.fallback == nullptr) {
          syntax_error(stmt.line,
                       "When defining macros or call blocks the special \"caller\" argument must be omitted or be "
                       "given a default.");
        }
      }
      if (parameter.name == parsed_.kwargs) used.uses_kwargs = false;
      if (parameter.name == parsed_.varargs) used.uses_varargs = false;
    }
    signature.uses_caller = used.uses_caller;
    signature.uses_kwargs = used.uses_kwargs;
    signature.uses_varargs = used.uses_varargs;
  }

  const Stmt* parse_macro() {
    Stmt& stmt = make_stmt(StmtKind::kMacro, stream_.next().line);
    const Token& name = stream_.expect(TokenKind::kName);
    stmt.name = intern(name.text);
    stmt.text = make_text(name.text);
    stmt.signature = parse_signature();
    parse_macro_body(stmt, {"endmacro"});
    return &stmt;
  }

  const Stmt* parse_call_block() {
    Stmt& stmt = make_stmt(StmtKind::kCallBlock, stream_.next().line);
    if (stream_.at(TokenKind::kLparen)) stmt.signature = parse_signature();
    stmt.expressions.push_back(parse_expression());
    if (stmt.expressions[0]->kind != ExprKind::kCall) syntax_error(stmt.line, "expected call");
    parse_macro_body(stmt, {"endcall"});
    return &stmt;
  }

  const Stmt* parse_generation() {
    Stmt& stmt = make_stmt(StmtKind::kGeneration, stream_.next().line);
    parse_macro_body(stmt, {"endgeneration"});
    return &stmt;
  }

  const Stmt* parse_filter_block() {
    Stmt& stmt = make_stmt(StmtKind::kFilterBlock, stream_.next().line);
    stmt.expressions.push_back(parse_filters(nullptr, true));
    stmt.body = parse_closed_block({"endfilter"});
    return &stmt;
  }

  const Stmt* parse_with() {
    Stmt& stmt = make_stmt(StmtKind::kWith, stream_.next().line);
    while (!stream_.at(TokenKind::kBlockEnd)) {
      if (!stmt.bindings.empty()) stream_.expect(TokenKind::kComma);
      Target target = parse_target(false);
      stream_.expect(TokenKind::kAssign);
      const Expr* value = parse_expression();
      stmt.bindings.emplace_back(std::move(target), value);
    }
    stmt.body = parse_closed_block({"endwith"});
    return &stmt;
  }

  const Stmt* parse_print() {
    Stmt& stmt = make_stmt(StmtKind::kPrint, stream_.next().line);
    while (!stream_.at(TokenKind::kBlockEnd)) {
      if (!stmt.expressions.empty()) stream_.expect(TokenKind::kComma);
      stmt.expressions.push_back(parse_expression());
    }
    return &stmt;
  }

  // Without inheritance a block is its body, in a scope of its own.
  const Stmt* parse_named_block() {
    Stmt& stmt = make_stmt(StmtKind::kScope, stream_.next().line);
    const std::string_view name = stream_.expect(TokenKind::kName).text;
    stream_.skip_name("scoped");
    stream_.skip_name("required");
    const int loops = std::exchange(loops_, 0);
    stmt.body = parse_closed_block({"endblock"});
    loops_ = loops;
    stream_.skip_name(name);
    return &stmt;
  }

  const Stmt* parse_autoescape() {
    Stmt& stmt = make_stmt(StmtKind::kScope, stream_.next().line);
    const Expr* enabled = parse_expression();
    if (enabled->kind != ExprKind::kConstant || !enabled->value.is(Kind::kBoolean) || enabled->value.boolean) {
      syntax_error(stmt.line, "'autoescape' is not allowed in a chat template");
    }
    stmt.body = parse_closed_block({"endautoescape"});
    return &stmt;
  }

  const Stmt* parse_jump(const Token& token) {
    if (loops_ == 0) syntax_error(token.line, fmt::format("'{}' outside loop", token.text));
    stream_.next();
    return &make_stmt(token.text == "break" ? StmtKind::kBreak : StmtKind::kContinue, token.line);
  }

  std::vector<const EndTags*> end_tags_;
  std::vector<std::string_view> open_tags_;
  int loops_ = 0;         // loops that break and continue can reach
  int loops_around_ = 0;  // all loops around
};

}  // namespace

std::unique_ptr<const ParsedTemplate> parse_template(std::string_view source) {
  if (source.size() > kTemplateBytesMax) {
    fail(ErrorKind::kBadFile, "template has {} bytes, at most {} are allowed", source.size(), kTemplateBytesMax);
  }
  if (const std::size_t bad = find_invalid_utf8(source); bad != std::string_view::npos) {
    fail(ErrorKind::kBadFile, "template is not UTF-8 at byte {}", bad);
  }
  const std::unique_ptr<const TokenList> tokens = tokenize(source);
  auto parsed = std::make_unique<ParsedTemplate>();
  TemplateParser(*parsed, *tokens).run();
  return parsed;
}

}  // namespace rbee::engine::jinja
