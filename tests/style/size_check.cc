#include "style/size_check.h"

#include <algorithm>
#include <sstream>

#include "style/code_lines.h"

namespace rbee::style {

namespace {

bool has_word(std::string_view text, std::string_view word) {
  return find_word(text, word) != std::string_view::npos;
}

/// Whether a brace after `head` (the text since the last ';', '{' or '}') opens a function's body.
bool opens_function(std::string_view head) {
  const bool is_type = has_word(head, "class") || has_word(head, "struct") || has_word(head, "union") ||
                       has_word(head, "enum") || has_word(head, "namespace");
  const std::size_t parenthesis = head.find('(');
  if (parenthesis == std::string_view::npos) return false;
  // A type's name stands before any parenthesis; a function may take a struct.
  const bool type_first =
      is_type && (has_word(head.substr(0, parenthesis), "class") || has_word(head.substr(0, parenthesis), "struct") ||
                  has_word(head.substr(0, parenthesis), "enum"));
  return !type_first;
}

std::size_t limit_of(const std::map<std::string, std::size_t>& exceptions, const std::string& path, std::size_t limit) {
  const auto exception = exceptions.find(path);
  return exception == exceptions.end() ? limit : exception->second;
}

void check_one(const SourceFile& file, const SizeRatchet& ratchet, Findings& findings) {
  const std::size_t file_max = limit_of(ratchet.file_lines, file.path, kFileLinesMax);
  if (file.lines.size() > file_max) {
    findings.push_back(
        {file.path, 0, "has " + std::to_string(file.lines.size()) + " lines, at most " + std::to_string(file_max)});
  }
  const std::size_t function_max = limit_of(ratchet.function_lines, file.path, kFunctionLinesMax);
  for (const FunctionSize& function : function_sizes(file)) {
    if (function.lines <= function_max) continue;
    findings.push_back(
        {file.path, function.line,
         "function has " + std::to_string(function.lines) + " lines, at most " + std::to_string(function_max)});
  }
}

}  // namespace

SizeRatchet parse_ratchet(const SourceFile& file) {
  SizeRatchet ratchet;
  for (const std::string& line : file.lines) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string path;
    std::string kind;
    std::size_t lines = 0;
    if (!(words >> path >> kind >> lines)) continue;
    if (kind == "file-lines") ratchet.file_lines[path] = lines;
    if (kind == "function-lines") ratchet.function_lines[path] = lines;
  }
  return ratchet;
}

std::vector<FunctionSize> function_sizes(const SourceFile& file) {
  std::vector<FunctionSize> functions;
  const std::vector<std::string> code = code_lines(file.lines);
  std::string head;
  std::size_t depth_inside = 0;  // braces open since a function's own; 0: outside functions
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i].starts_with('#')) continue;
    for (const char c : code[i]) {
      if (depth_inside > 0) {
        depth_inside += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (depth_inside == 0) functions.back().lines = i - functions.back().line + 2;
      } else if (c == '{' && opens_function(head)) {
        functions.push_back({i + 1, 0});
        depth_inside = 1;
        head.clear();
      } else if (c == '{' || c == '}' || c == ';') {
        head.clear();
      } else {
        head += c;
      }
    }
    head += ' ';
  }
  return functions;
}

Findings check_sizes(const SourceTree& tree, const SizeRatchet& ratchet) {
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (is_cpp(file.path)) check_one(file, ratchet, findings);
  }
  for (const auto& [path, lines] : ratchet.file_lines) {
    const SourceFile* file = tree.find(path);
    if (file == nullptr || file->lines.size() < lines || lines <= kFileLinesMax) {
      findings.push_back({path, 0, "the ratchet's file-lines " + std::to_string(lines) + " is no longer needed"});
    }
  }
  for (const auto& [path, lines] : ratchet.function_lines) {
    const SourceFile* file = tree.find(path);
    std::size_t longest = 0;
    if (file != nullptr) {
      for (const FunctionSize& function : function_sizes(*file)) longest = std::max(longest, function.lines);
    }
    if (longest < lines || lines <= kFunctionLinesMax) {
      findings.push_back({path, 0, "the ratchet's function-lines " + std::to_string(lines) + " is no longer needed"});
    }
  }
  return findings;
}

}  // namespace rbee::style
