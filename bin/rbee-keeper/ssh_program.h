#pragma once
// One run of the system's ssh.

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/streamed_process.h"

namespace rbee::keeper {

/// The ssh program with what its runs need.
struct SshProgram {
  std::string path;
  std::vector<std::string> environment;
  /// Private to this user; holds the shared connections' sockets and the logs of runs.
  std::filesystem::path folder;
};

/// ssh's own words during one run; the file goes with this object.
class SshLog {
 public:
  /// Throws Error{kIo, kExhausted}.
  explicit SshLog(const std::filesystem::path& folder);
  ~SshLog();
  SshLog(const SshLog&) = delete;
  SshLog& operator=(const SshLog&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// What it says up to now.
  std::string text() const;

 private:
  std::filesystem::path path_;
};

/// The folder for sockets and logs: home/runtime/ssh, or rbee-<uid> in the folder for temporary files where that path
/// is too long for a socket. Made with mode 0700; throws Error{kIo} when it is not this user's alone.
std::filesystem::path make_ssh_folder(const std::filesystem::path& home);

}  // namespace rbee::keeper
