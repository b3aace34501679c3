#pragma once
// The arguments of the system's ssh.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pool/ssh/ssh_target.h"

namespace rbee::pool {

/// How to reach one host. What is not said here is the user's ~/.ssh/config's to say.
struct SshRoute {
  SshTarget target;
  std::optional<std::uint16_t> port;
  std::filesystem::path config;          ///< for -F; empty: ssh's own
  std::filesystem::path control_folder;  ///< for the shared connection's socket; empty: a connection of its own
};

/// A port here that leads to an address over there.
struct SshForward {
  std::uint16_t local_port;  ///< on 127.0.0.1
  std::string host;          ///< as the remote side names it
  std::uint16_t port;
};

/// For `ssh`: never asks (BatchMode), gives up on a dead host, shares one connection per host with every other command,
/// writes its own words to `log` so that standard error is the remote command's alone, and runs `line` over there.
std::vector<std::string> ssh_arguments(const SshRoute& route, const std::filesystem::path& log, const std::string& line,
                                       const std::optional<SshForward>& forward = {});

/// True when a control socket in `folder` has a path that the system takes.
bool fits_control_socket(const std::filesystem::path& folder);

}  // namespace rbee::pool
