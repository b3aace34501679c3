#include "base/file_space.h"

#include <cerrno>

#include <fcntl.h>

namespace rbee {

#if defined(__linux__)

int reserve_file_space(int file, std::uint64_t bytes) {
  const int error = ::posix_fallocate(file, 0, static_cast<off_t>(bytes));
  return error == EINVAL || error == EOPNOTSUPP ? 0 : error;
}

void start_writeback(int file, std::uint64_t offset, std::uint64_t bytes) {
  ::sync_file_range(file, static_cast<off_t>(offset), static_cast<off_t>(bytes), SYNC_FILE_RANGE_WRITE);
}

#else

int reserve_file_space(int file, std::uint64_t bytes) {
#if defined(__APPLE__)  // fcntl(2), F_PREALLOCATE; not tested on a Mac
  fstore_t room{};
  room.fst_flags = F_ALLOCATEALL;
  room.fst_posmode = F_PEOFPOSMODE;
  room.fst_length = static_cast<off_t>(bytes);
  if (::fcntl(file, F_PREALLOCATE, &room) == -1 && errno == ENOSPC) return ENOSPC;
#else
  static_cast<void>(file), static_cast<void>(bytes);
#endif
  return 0;
}

void start_writeback(int, std::uint64_t, std::uint64_t) {}

#endif

}  // namespace rbee
