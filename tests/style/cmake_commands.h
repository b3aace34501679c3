#pragma once
// The commands of a CMakeLists.txt.

#include <cstddef>
#include <string>
#include <vector>

#include "style/source_tree.h"

namespace rbee::style {

struct CMakeCommand {
  std::string name;
  std::vector<std::string> arguments;  ///< split at white space; quotes removed
  std::size_t line = 0;                ///< of the name
};

/// In order; comments are skipped, nesting of parentheses is kept inside the arguments.
std::vector<CMakeCommand> cmake_commands(const SourceFile& file);

}  // namespace rbee::style
