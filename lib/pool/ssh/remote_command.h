#pragma once
// Commands as text for a remote login shell, which may be any.

#include <string>
#include <string_view>
#include <vector>

namespace rbee::pool {

/// What to run over there.
struct RemoteCommand {
  /// Candidates; the first that is there runs. A name without '/' is looked for in PATH, "~/" is the remote home.
  std::vector<std::string> programs;
  std::vector<std::string> arguments;  ///< arrive byte for byte
  std::string folder;                  ///< where it runs, "~/" as above; empty: the remote home
};

/// What the remote side exits with when it has none of the programs, together with kNoProgram on standard error.
constexpr int kNoProgramExit = 127;
constexpr std::string_view kNoProgram = "rbee-remote: program not found";

/// One line for ssh: sh, bash, zsh, fish and csh read it alike, whatever bytes the arguments hold (all that is not a
/// plain character travels as an octal escape, POSIX printf's %b, and sh puts it together over there). When its
/// standard input ends, the command and all that it started in its process group get SIGTERM: this is how a client that
/// goes away takes its command along. The command's own input is empty. Throws Error{kBadRequest} when an argument
/// holds a NUL byte or the line is longer than kRemoteLineBytesMax.
std::string remote_command_line(const RemoteCommand& command);

/// One line that writes "ready" and lives until its standard input ends.
std::string remote_lifeline();

}  // namespace rbee::pool
