#pragma once
// A regular file, mapped read-only.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/file_descriptor.h"

namespace rbee::formats {

/// The mapping lives as long as the object; the bytes are read-only. Any thread may read.
///
/// A file that another process truncates while it is mapped cannot be made safe here: touching a page beyond its new
/// end raises SIGBUS. `still_whole()` tells in advance (before and between long reads); mapping_fault.h says what a
/// process can do about the signal.
class MappedFile {
 public:
  /// Throws Error: kNotFound; kBadFile when it is not a regular file (checked without blocking, symbolic links are
  /// followed only when `path` itself is what the user named); kIo.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }
  /// False once the file on disk is shorter than what was mapped.
  bool still_whole() const;
  /// Takes the pages that hold `bytes`, a part of bytes(), out of this process's memory. Who touches them again reads
  /// them from the file again.
  void drop_pages(std::span<const std::byte> bytes) const;
  /// When the file's content last changed, in nanoseconds since 1970, as its file system says.
  std::int64_t changed_ns() const;

 private:
  std::filesystem::path path_;
  FileDescriptor descriptor_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace rbee::formats
