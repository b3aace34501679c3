#pragma once
// Words that must not stand in code, or not in this place.

#include "style/finding.h"
#include "style/source_tree.h"

namespace rbee::style {

/// Calls that only lib/base makes (processes, environment, wall clock), calls that nobody makes (std::regex, system,
/// assert, ...), output and exit in libraries, `new`, and rbee nouns in lib/net. Comments and literals do not count;
/// test code may do what only base may.
Findings check_words(const SourceTree& tree);

}  // namespace rbee::style
