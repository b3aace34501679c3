#include "ssh_program.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "pool/ssh/limits.h"
#include "pool/ssh/ssh_arguments.h"

namespace rbee::keeper {
namespace {

namespace fs = std::filesystem;

// Others could put a socket of theirs into a folder that is theirs.
void check_private(const fs::path& folder) {
  struct stat info {};
  if (::lstat(folder.c_str(), &info) != 0) {
    fail(ErrorKind::kIo, "{}: {}", folder.string(), std::strerror(errno));
  }
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid()) {
    fail(ErrorKind::kIo, "{}: expected a folder of your own for ssh's sockets, found another's: remove it",
         folder.string());
  }
  if ((info.st_mode & 077) != 0 && ::chmod(folder.c_str(), 0700) != 0) {
    fail(ErrorKind::kIo, "{}: cannot make it private: {}", folder.string(), std::strerror(errno));
  }
}

}  // namespace

SshLog::SshLog(const fs::path& folder) : path_(folder / ("log." + random_hex(8))) {
  write_file_atomically(path_, "");
}

SshLog::~SshLog() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

std::string SshLog::text() const {
  try {
    return read_file(path_, pool::kSshLogBytesMax);
  } catch (const Error&) {
    return "";  // ssh said too much, or the folder is gone: its exit code still tells that it failed
  }
}

fs::path make_ssh_folder(const fs::path& home) {
  fs::path folder = home / "runtime" / "ssh";
  if (!pool::fits_control_socket(folder)) {
    folder = fs::temp_directory_path() / fmt::format("rbee-{}", ::geteuid());
  }
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    fail(errno == ENOSPC ? ErrorKind::kExhausted : ErrorKind::kIo, "{}: cannot make the folder: {}", folder.string(),
         std::strerror(errno));
  }
  check_private(folder);
  return folder;
}

}  // namespace rbee::keeper
