#include "formats/mapped_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace rbee::formats {
namespace {

[[noreturn]] void fail_errno(int descriptor, const std::filesystem::path& path, const char* action, int error) {
  if (descriptor >= 0) ::close(descriptor);
  const ErrorKind kind = error == ENOENT || error == ENOTDIR ? ErrorKind::kNotFound : ErrorKind::kIo;
  fail(kind, "{}: cannot {}: {}", path.string(), action, std::strerror(error));
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0 && errno == ENXIO) fail(ErrorKind::kBadFile, "{}: not a regular file", path.string());
  if (descriptor < 0) fail_errno(descriptor, path, "open", errno);
  struct stat info {};
  if (::fstat(descriptor, &info) != 0) fail_errno(descriptor, path, "stat", errno);
  if (!S_ISREG(info.st_mode)) {
    ::close(descriptor);
    fail(ErrorKind::kBadFile, "{}: not a regular file", path.string());
  }
  size_ = static_cast<std::size_t>(info.st_size);
  if (size_ > 0) {  // an empty range cannot be mapped
    void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (data == MAP_FAILED) fail_errno(descriptor, path, "map", errno);
    data_ = static_cast<const std::byte*>(data);
  }
  descriptor_ = descriptor;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
  ::close(descriptor_);
}

bool MappedFile::still_whole() const {
  struct stat info {};
  return ::fstat(descriptor_, &info) == 0 && static_cast<std::size_t>(info.st_size) >= size_;
}

}  // namespace rbee::formats
