#include "formats/mapped_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/error.h"

namespace rbee::formats {
namespace {

[[noreturn]] void fail_errno(const std::filesystem::path& path, const char* action, int error) {
  const ErrorKind kind = error == ENOENT || error == ENOTDIR ? ErrorKind::kNotFound : ErrorKind::kIo;
  fail(kind, "{}: cannot {}: {}", path.string(), action, std::strerror(error));
}

FileDescriptor open_to_read(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (descriptor.valid()) return descriptor;
  if (errno == ENXIO) fail(ErrorKind::kBadFile, "{}: not a regular file", path.string());
  fail_errno(path, "open", errno);
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path), descriptor_(open_to_read(path)) {
  struct stat info {};
  if (::fstat(descriptor_.get(), &info) != 0) fail_errno(path, "stat", errno);
  if (!S_ISREG(info.st_mode)) fail(ErrorKind::kBadFile, "{}: not a regular file", path.string());
  size_ = static_cast<std::size_t>(info.st_size);
  if (size_ == 0) return;  // an empty range cannot be mapped
  void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor_.get(), 0);
  if (data == MAP_FAILED) fail_errno(path, "map", errno);
  data_ = static_cast<const std::byte*>(data);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

bool MappedFile::still_whole() const {
  struct stat info {};
  return ::fstat(descriptor_.get(), &info) == 0 && static_cast<std::size_t>(info.st_size) >= size_;
}

void MappedFile::drop_pages(std::span<const std::byte> bytes) const {
  RBEE_CHECK(bytes.empty() || (bytes.data() >= data_ && bytes.data() + bytes.size() <= data_ + size_));
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<std::size_t>(bytes.data() - data_) / page * page;
  const auto end = static_cast<std::size_t>(bytes.data() + bytes.size() - data_);
  if (!bytes.empty()) ::madvise(const_cast<std::byte*>(data_) + begin, end - begin, MADV_DONTNEED);
}

std::int64_t MappedFile::changed_ns() const {
  struct stat info {};
  if (::fstat(descriptor_.get(), &info) != 0) fail_errno(path_, "stat", errno);
#if defined(__APPLE__)
  const timespec changed = info.st_mtimespec;
#else
  const timespec changed = info.st_mtim;
#endif
  return std::int64_t{changed.tv_sec} * 1'000'000'000 + changed.tv_nsec;
}

}  // namespace rbee::formats
