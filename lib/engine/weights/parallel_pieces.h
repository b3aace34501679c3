#pragma once
// Work in pieces over a few threads, with somebody who watches.

#include <cstddef>
#include <cstdint>
#include <functional>

namespace rbee::engine {

/// Calls `work` once for each piece from 0 to count - 1, in about that order, on `threads` threads, this one included.
/// `between` is called on this thread after each piece that this thread did, and once at the end. The first exception
/// of either ends the work and is thrown when every thread has stopped.
void for_each_piece(std::size_t count, std::uint32_t threads, const std::function<void(std::size_t)>& work,
                    const std::function<void()>& between);

}  // namespace rbee::engine
