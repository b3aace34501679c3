#pragma once
// What ssh's own words mean for the person who waits.

#include <optional>
#include <string>
#include <string_view>

namespace rbee::pool {

/// Why a pool was not reached.
enum class SshFailureKind {
  kUnknownHost,     ///< no such name
  kRefused,         ///< the machine is there, nothing listens
  kTimeout,         ///< nobody answers
  kUnreachable,     ///< no route
  kNotAccepted,     ///< no key was accepted; it may ask for a password
  kHostKeyUnknown,  ///< never seen before
  kHostKeyChanged,  ///< another machine, or a new installation
  kConfig,          ///< ssh does not like its options or files
  kBroken,          ///< the connection ended in the middle
  kOther,
};

struct SshFailure {
  SshFailureKind kind;
  std::string message;  ///< names pool and target, says what to do
};

/// ssh's exit code when it failed itself; ssh(1), EXIT STATUS. A remote command may end with it as well: then ssh's log
/// is empty.
constexpr int kSshFailed = 255;

/// `log` is what `ssh -E` wrote (OpenSSH's messages, sshconnect.c, sshconnect2.c and packet.c); pool is the name that
/// people use.
SshFailure explain_ssh_failure(std::string_view log, std::string_view pool, std::string_view target);

}  // namespace rbee::pool
