#pragma once
// Names of files, guards of headers, a README per library.

#include "style/finding.h"
#include "style/source_tree.h"

namespace rbee::style {

/// C++ files are named in snake_case after a concept (no utils, manager, helper, common, misc); a header's first line
/// is #pragma once and its second a comment that says what it holds; every folder of lib/ and bin/ that holds a library
/// or a program has a README.md of 5 to 60 lines; every test file is named in a CMakeLists.txt of its folder or above.
Findings check_files(const SourceTree& tree);

}  // namespace rbee::style
