#pragma once
// MODEL_SUPPORT.md: a run as a page for people.

#include <string>

#include "matrix/results.h"

namespace rbee::matrix {

/// The whole page, from the run's record alone: the same record gives the same bytes. Its first comment says how it is
/// made, so that nobody edits it by hand.
std::string support_page(const Run& run);

}  // namespace rbee::matrix
