#pragma once
// Random numbers that are a function of a key and a counter.

#include <array>
#include <cstdint>

namespace rbee::engine {

/// Philox4x32-10. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// A number in [0, 1) with 53 random bits that depends on (seed, index) alone.
double uniform_draw(std::uint64_t seed, std::uint64_t index);

}  // namespace rbee::engine
