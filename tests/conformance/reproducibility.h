#pragma once
// A backend against itself: the same tokens give the same bits however the work is cut.

#include <cstdint>
#include <functional>
#include <memory>

#include "engine/backend/backend.h"

namespace rbee::engine::conformance {

/// Makes the backend under test with so many threads (or whatever else must not matter, numbered).
using BackendMaker = std::function<std::unique_ptr<Backend>(std::uint32_t threads)>;

/// Runs a small random decoder with weights of `dtype` over three sequences: each alone, its prompt whole, on one
/// thread; then again and again in random company, prompts in random pieces, cache blocks scattered, with 1, 2 and 4
/// threads. A gtest failure, with the seed, for the first logit whose bits differ.
void expect_reproducible(const BackendMaker& make_backend, formats::DType dtype, std::uint64_t seed);

}  // namespace rbee::engine::conformance
