#pragma once
// The pages of the mapped model file that a weight lies in.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rbee::engine {

/// Brings the bytes into memory; false when the kernel says that they cannot be read. Any thread.
bool read_pages(const std::byte* data, std::uint64_t bytes);

/// Takes whole pages of the bytes out of this process's memory. They must lie in a file that is mapped read-only: what
/// is read again comes from there. Any thread.
void drop_pages(const std::byte* data, std::uint64_t bytes);

/// Throws Error{kBadFile} for a weight whose pages could not be read.
[[noreturn]] void fail_unreadable(std::string_view weight);

}  // namespace rbee::engine
