#pragma once
// An exclusive lock between processes that says who holds it.

#include <chrono>
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/file_descriptor.h"

namespace rbee {

/// Held from construction to destruction, or until the process ends, however it ends (flock(2): the kernel lets go).
/// The lock file stays on disk and holds "<pid> <time>" of its last holder. Two FileLocks of one process exclude each
/// other too.
class FileLock {
 public:
  /// Takes the lock, waiting at most `wait`. Throws Error: kUnavailable "<path>: locked by pid 123 since
  /// 2026-11-22T12:01:00Z", kIo, kExhausted.
  FileLock(const std::filesystem::path& path, std::chrono::milliseconds wait, const Clock& clock);

  /// False when the lock file was removed or replaced since: the lock protects nothing any more.
  bool still_holds() const;

 private:
  bool try_lock();

  std::filesystem::path path_;
  FileDescriptor fd_;
};

}  // namespace rbee
