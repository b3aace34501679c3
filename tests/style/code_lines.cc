#include "style/code_lines.h"

#include <algorithm>
#include <cctype>

namespace rbee::style {

namespace {

bool is_identifier_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Blanks one file, line after line.
class Blanker {
 public:
  std::string blank(const std::string& line) {
    std::string out = line;
    std::size_t i = 0;
    while (i < line.size()) i = step(line, out, i);
    if (state_ == State::kString) state_ = State::kCode;  // an unterminated literal ends with its line
    return out;
  }

 private:
  enum class State { kCode, kBlockComment, kString, kRawString };

  std::size_t step(const std::string& line, std::string& out, std::size_t i) {
    switch (state_) {
      case State::kCode:
        return step_code(line, out, i);
      case State::kBlockComment:
        if (line.compare(i, 2, "*/") == 0) {
          state_ = State::kCode;
          return fill(out, i, 2);
        }
        return fill(out, i, 1);
      case State::kString:
        if (line[i] == '\\') return fill(out, i, 2);
        if (line[i] == quote_) {
          state_ = State::kCode;
          return i + 1;
        }
        return fill(out, i, 1);
      case State::kRawString:
        if (line.compare(i, raw_end_.size(), raw_end_) == 0) {
          state_ = State::kCode;
          return i + raw_end_.size();
        }
        return fill(out, i, 1);
    }
    return line.size();
  }

  std::size_t step_code(const std::string& line, std::string& out, std::size_t i) {
    if (line.compare(i, 2, "//") == 0) return fill(out, i, line.size() - i);
    if (line.compare(i, 2, "/*") == 0) {
      state_ = State::kBlockComment;
      return fill(out, i, 2);
    }
    if (line[i] == '"' && i > 0 && line[i - 1] == 'R') {
      const std::size_t open = line.find('(', i);
      if (open != std::string::npos) {
        raw_end_ = ")" + line.substr(i + 1, open - i - 1) + "\"";
        state_ = State::kRawString;
        return open + 1;
      }
    }
    // 1'000'000 is a number, not a character.
    const bool digit_separator = line[i] == '\'' && i > 0 && is_identifier_char(line[i - 1]) && line[i - 1] != 'u' &&
                                 line[i - 1] != 'U' && line[i - 1] != 'L';
    if (line[i] == '"' || (line[i] == '\'' && !digit_separator)) {
      state_ = State::kString;
      quote_ = line[i];
    }
    return i + 1;
  }

  static std::size_t fill(std::string& out, std::size_t i, std::size_t count) {
    for (std::size_t end = std::min(out.size(), i + count); i < end; ++i) out[i] = ' ';
    return i;
  }

  State state_ = State::kCode;
  char quote_ = '"';
  std::string raw_end_;
};

}  // namespace

std::vector<std::string> code_lines(const std::vector<std::string>& lines) {
  Blanker blanker;
  std::vector<std::string> out;
  out.reserve(lines.size());
  for (const std::string& line : lines) {
    // The file name of an #include looks like a literal; checks read it from the original line.
    out.push_back(blanker.blank(line));
  }
  return out;
}

std::size_t find_word(std::string_view line, std::string_view word, std::size_t from) {
  for (std::size_t at = line.find(word, from); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !is_identifier_char(line[at - 1]) || !is_identifier_char(word.front());
    const bool ends = end == line.size() || !is_identifier_char(line[end]) || !is_identifier_char(word.back());
    if (starts && ends) return at;
  }
  return std::string_view::npos;
}

}  // namespace rbee::style
