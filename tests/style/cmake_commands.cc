#include "style/cmake_commands.h"

#include <cctype>

namespace rbee::style {

std::vector<CMakeCommand> cmake_commands(const SourceFile& file) {
  std::vector<CMakeCommand> commands;
  std::string word;
  int depth = 0;
  const auto take_word = [&] {
    if (!word.empty() && depth > 0 && !commands.empty()) commands.back().arguments.push_back(word);
    word.clear();
  };
  for (std::size_t line = 0; line < file.lines.size(); ++line) {
    for (const char c : file.lines[line]) {
      if (c == '#') break;
      if (c == '(') {
        if (depth++ == 0) {
          commands.push_back({word, {}, line + 1});
          word.clear();
        }
      } else if (c == ')') {
        take_word();
        --depth;
      } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
        if (depth > 0) take_word();
      } else if (c != '"') {
        word += c;
      }
    }
    take_word();
  }
  return commands;
}

}  // namespace rbee::style
