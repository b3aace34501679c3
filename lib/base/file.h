#pragma once
// Files: bounded reads, atomic writes.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace rbee {

/// The whole of a regular file. Throws Error: kNotFound when absent, kBadFile when it is not a regular file
/// (a device, FIFO or directory is never read) or larger than `bytes_max`, kIo when reading fails.
std::string read_file(const std::filesystem::path& path, std::uint64_t bytes_max);

/// Replaces `path` with `content` so that a crash at any point leaves the old or the new file, whole:
/// temporary file in the same folder, fsync, rename, fsync of the folder. Throws Error{kIo, kExhausted}.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Writes all of `bytes` to an open descriptor, waiting where it is not ready. Throws Error{kIo, kExhausted}.
void write_all(int descriptor, std::string_view bytes);

}  // namespace rbee
