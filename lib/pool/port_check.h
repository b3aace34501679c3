#pragma once
// TCP ports of this machine.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace rbee::pool {

/// Who listens somewhere.
struct PortOwner {
  int pid = 0;       ///< 0: a process of another user, or unknown
  std::string name;  ///< the program's name
};

/// True when a server could listen on the address ("127.0.0.1", "0.0.0.0", "::1") at `port` now. An address that is
/// none of this machine's is never free.
bool is_port_free(const std::string& address, std::uint16_t port);

/// The process that listens on `port` at this address or at all, as far as this user may see (Linux: /proc/net/tcp and
/// /proc/<pid>/fd). Nothing when there is none, or the system does not tell.
std::optional<PortOwner> port_owner(const std::string& address, std::uint16_t port);

/// Waits until the port is free, at most `timeout`.
bool wait_until_port_free(const std::string& address, std::uint16_t port, std::chrono::milliseconds timeout);

}  // namespace rbee::pool
