#pragma once
// Starting other programs: argument arrays only, never a shell.

#include <optional>
#include <string>
#include <vector>

#include "base/process_info.h"

namespace rbee {

/// What to start. Descriptors are the caller's and stay open; -1 is /dev/null. Every other descriptor is closed in the
/// child, whatever its flags; signals are at their defaults there.
struct ProcessSpec {
  std::string program;                   ///< a path; PATH is not searched
  std::vector<std::string> arguments;    ///< without the program's name
  std::vector<std::string> environment;  ///< "NAME=value"; all the child sees
  int input = -1, output = -1, errors = -1;
  enum class Session {
    kSame,  ///< dies with the terminal
    kNew,   ///< its own session and process group: outlives the terminal and gets no Ctrl-C
  } session = Session::kSame;
  std::string folder = "";  ///< where it runs; empty: where this process does
};

/// How a child ended.
struct ExitStatus {
  int code = 0;    ///< of exit(); meaningless when a signal ended it
  int signal = 0;  ///< 0: it exited by itself

  bool success() const { return code == 0 && signal == 0; }
  /// "exit code 1", "signal 9 (Killed)".
  std::string text() const;
};

/// Starts the program. Throws Error: kNotFound when there is no such program, kBadRequest when an argument or variable
/// holds a NUL byte, kIo otherwise. The child is a zombie from its end until poll_child() or wait_child() sees it, or
/// until this process ends.
ProcessIdentity start_process(const ProcessSpec& spec);

/// How the child ended, once it has; nothing while it runs. Throws Error{kIo} when `pid` is no child of this process.
std::optional<ExitStatus> poll_child(int pid);
/// Waits for the child's end, however long it takes. Throws as poll_child().
ExitStatus wait_child(int pid);

}  // namespace rbee
