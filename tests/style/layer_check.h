#pragma once
// The one direction of dependency (docs/architecture.md), from #include lines and CMake targets.

#include "style/finding.h"
#include "style/source_tree.h"

namespace rbee::style {

/// Every #include "x/y.h" under lib/ and bin/ that leaves its layer must follow an allowed edge; programs include only
/// engine/engine.h of the engine; backends are included by themselves and by engine/backend alone; the engine includes
/// no HTTP, SQL or download library; GPU SDK headers stand only under engine/backend/<x> and pool/device.
Findings check_includes(const SourceTree& tree);

/// The same edges between CMake targets: what rbee_library, rbee_test and target_link_libraries name.
Findings check_targets(const SourceTree& tree);

}  // namespace rbee::style
