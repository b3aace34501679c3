#pragma once
// How much the reference backend is asked to compute: it is slow on purpose.

#include <cstddef>
#include <cstdint>

namespace rbee::matrix {

/// Positions to score for a model of so many parameters: all of a small one's, at least kReferencePositionsMin of a
/// large one's. 0 parameters (not known) count as large.
std::size_t reference_positions(std::uint64_t parameters);

}  // namespace rbee::matrix
