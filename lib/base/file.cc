#include "base/file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_descriptor.h"

namespace rbee {
namespace {

[[noreturn]] void fail_errno(const std::filesystem::path& path, const char* action, int error) {
  const ErrorKind kind = error == ENOENT                      ? ErrorKind::kNotFound
                         : error == ENOSPC || error == EDQUOT ? ErrorKind::kExhausted
                                                              : ErrorKind::kIo;
  fail(kind, "{}: cannot {}: {}", path.string(), action, std::strerror(error));
}

void write_to_file(int fd, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno(path, "write", errno);
    content.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::uint64_t bytes_max) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) fail_errno(path, "open", errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) fail_errno(path, "stat", errno);
  if (!S_ISREG(info.st_mode)) fail(ErrorKind::kBadFile, "{}: not a regular file", path.string());
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > bytes_max) {
    fail(ErrorKind::kBadFile, "{}: the file has {} bytes, the limit is {}", path.string(), size, bytes_max);
  }
  std::string content(size, '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t n = ::read(fd.get(), content.data() + done, content.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_errno(path, "read", errno);
    if (n == 0) break;  // shrank while being read
    done += static_cast<std::size_t>(n);
  }
  content.resize(done);
  return content;
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::string temporary = (folder / (path.filename().string() + ".XXXXXX")).string();
  const FileDescriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (fd.get() < 0) fail_errno(temporary, "create", errno);
  try {
    write_to_file(fd.get(), content, temporary);
    if (::fsync(fd.get()) != 0) fail_errno(temporary, "fsync", errno);
    if (::rename(temporary.c_str(), path.c_str()) != 0) fail_errno(path, "rename", errno);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  const FileDescriptor folder_fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder_fd.get() < 0 || ::fsync(folder_fd.get()) != 0) fail_errno(folder, "fsync", errno);
}

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      pollfd ready = {descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      fail_errno("output", "write", errno);
    }
  }
}

}  // namespace rbee
