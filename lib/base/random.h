#pragma once
// Unpredictable bytes from the operating system.

#include <cstddef>
#include <string>

namespace rbee {

/// `bytes` random bytes as lower-case hex digits, two per byte. Throws Error{kIo} when the system has none.
std::string random_hex(std::size_t bytes);

}  // namespace rbee
