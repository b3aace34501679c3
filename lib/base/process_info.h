#pragma once
// Other processes: which one a pid means, whether it lives, what it uses, how it is stopped.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/memory.h"

namespace rbee {

/// A process that a reused pid cannot stand in for.
struct ProcessIdentity {
  int pid = 0;
  /// Linux: clock ticks from boot to its start (proc(5), /proc/<pid>/stat field 22). macOS: microseconds since 1970.
  std::uint64_t start_time = 0;
  std::string boot_id;  ///< which boot start_time counts from; empty where the system has none

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// Who `pid` is now; start_time is 0 when there is no such process.
ProcessIdentity identify_process(int pid);

/// True while exactly this process runs; a zombie, a reused pid and a process of an earlier boot do not count.
bool is_alive(const ProcessIdentity& process);

/// How long ago it started; nothing when it is not alive.
std::optional<std::chrono::seconds> process_age(const ProcessIdentity& process);

/// Memory of the process `pid`; zeros where the system does not tell.
ProcessMemory process_memory_of(int pid);

/// Sends `signal` to exactly this process. False when it is not alive; throws Error{kIo} when it may not be signalled.
bool signal_process(const ProcessIdentity& process, int signal);

/// Waits until the process is gone, at most `timeout`. True when it is gone.
bool wait_until_gone(const ProcessIdentity& process, std::chrono::milliseconds timeout);

/// This process's pid.
int own_pid();

}  // namespace rbee
