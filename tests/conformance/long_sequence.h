#pragma once
// A backend's attention over more positions than it takes at once.

#include "engine/backend/backend.h"

namespace rbee::engine::conformance {

/// The next token of a long sequence, alone and in the company of five that begin, with windows of several sizes: a
/// gtest failure where the bits differ, or are not what the reference computes.
void expect_same_in_company(Backend& backend);

}  // namespace rbee::engine::conformance
