#pragma once
// Room on the disk for a file that is about to be written.

#include <cstdint>

namespace rbee {

/// Makes room for `bytes` from the start of the open file, so that a full disk is noticed before the work and the file
/// lies in few pieces. 0, or the errno of the failure; a file system that cannot promise room is no failure.
int reserve_file_space(int file, std::uint64_t bytes);

/// Asks the system to start writing these bytes of the file now rather than at the end. A hint.
void start_writeback(int file, std::uint64_t offset, std::uint64_t bytes);

}  // namespace rbee
