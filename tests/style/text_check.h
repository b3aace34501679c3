#pragma once
// Text that must not stand in any file of the project.

#include "style/finding.h"
#include "style/source_tree.h"

namespace rbee::style {

/// Absolute paths of one machine, registry hosts, work left for later, disabled tests, tabs in C++ and trailing spaces.
/// In every text file but the licence and npm's lock files, which only must not name download hosts.
Findings check_text(const SourceTree& tree);

}  // namespace rbee::style
