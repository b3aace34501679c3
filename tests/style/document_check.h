#pragma once
// Documents name what exists.

#include "style/finding.h"
#include "style/source_tree.h"

namespace rbee::style {

/// In README.md and every other *.md: `make TARGET` exists in the Makefile; paths under lib/, bin/, tests/, tools/,
/// docs/, bench/, cmake/, models/ and .ci/ exist; file names in back quotes (`engine.h`) name a file of the tree; links
/// to files resolve; `--preset NAME` is in CMakePresets.json; every flag of `llm-worker-rbee` that a command names
/// stands in the worker's source. Names with < > * { } … are patterns and are left alone, and so are build/ and
/// node_modules.
Findings check_documents(const SourceTree& tree);

}  // namespace rbee::style
