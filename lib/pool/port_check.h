#pragma once
// TCP ports of this machine.

#include <chrono>
#include <cstdint>
#include <string>

namespace rbee::pool {

/// True when a server could listen on the address ("127.0.0.1", "0.0.0.0", "::1") at `port` now. An address that is
/// none of this machine's is never free.
bool is_port_free(const std::string& address, std::uint16_t port);

/// Waits until the port is free, at most `timeout`.
bool wait_until_port_free(const std::string& address, std::uint16_t port, std::chrono::milliseconds timeout);

}  // namespace rbee::pool
