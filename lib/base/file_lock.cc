#include "base/file_lock.h"

#include <cerrno>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/process_info.h"
#include "base/timestamp.h"

namespace rbee {
namespace {

constexpr std::chrono::milliseconds kPollMin{1}, kPollMax{20};

bool is_same_file(int fd, const std::filesystem::path& path) {
  struct stat open_file {
  }, named_file{};
  return ::fstat(fd, &open_file) == 0 && ::stat(path.c_str(), &named_file) == 0 &&
         open_file.st_dev == named_file.st_dev && open_file.st_ino == named_file.st_ino;
}

// What the holder wrote, in words: "pid 123 since ...".
std::string holder(int fd) {
  char text[64];
  const ssize_t n = ::pread(fd, text, sizeof text, 0);
  const std::string note(text, n > 0 ? static_cast<std::size_t>(n) : 0);
  const std::size_t space = note.find(' '), end = note.find('\n');
  if (space == std::string::npos || end == std::string::npos || end < space) return "another process";
  return "pid " + note.substr(0, space) + " since " + note.substr(space + 1, end - space - 1);
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& path, std::chrono::milliseconds wait, const Clock& clock)
    : path_(path) {
  const SteadyTime deadline = clock.now() + wait;
  std::chrono::milliseconds pause = kPollMin;
  while (!try_lock()) {
    if (clock.now() >= deadline) {
      fail(ErrorKind::kUnavailable, "{}: locked by {}", path.string(), holder(fd_.get()));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kPollMax);
  }
  const std::string note = fmt::format("{} {}\n", own_pid(), timestamp(clock.wall_now()));
  // The note is for people: a full disk must not stand in the way of the lock itself.
  if (::ftruncate(fd_.get(), 0) == 0) static_cast<void>(!::pwrite(fd_.get(), note.data(), note.size(), 0));
}

bool FileLock::try_lock() {
  if (!fd_.valid() || !is_same_file(fd_.get(), path_)) {
    fd_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd_.valid()) {
      const ErrorKind kind = errno == ENOSPC || errno == EDQUOT ? ErrorKind::kExhausted : ErrorKind::kIo;
      fail(kind, "{}: cannot open the lock: {}", path_.string(), std::strerror(errno));
    }
  }
  if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK || errno == EINTR) return false;
    fail(ErrorKind::kIo, "{}: cannot lock: {}", path_.string(), std::strerror(errno));
  }
  return is_same_file(fd_.get(), path_);  // it may have been replaced between open and lock
}

bool FileLock::still_holds() const {
  return is_same_file(fd_.get(), path_);
}

}  // namespace rbee
