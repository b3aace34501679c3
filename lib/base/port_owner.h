#pragma once
// Which process listens on a TCP port of this machine.

#include <cstdint>
#include <optional>
#include <string>

namespace rbee {

/// Who listens somewhere.
struct PortOwner {
  int pid = 0;       ///< 0: a process of another user, or unknown
  std::string name;  ///< the program's name
};

/// The process that listens on `port` at this address (IPv4 digits) or at all, as far as this user may see. Nothing
/// when there is none, or the system does not tell. Sources: Linux, proc(5), /proc/net/tcp and /proc/<pid>/fd; macOS,
/// <libproc.h> and <sys/proc_info.h>.
std::optional<PortOwner> port_owner(const std::string& address, std::uint16_t port);

}  // namespace rbee
