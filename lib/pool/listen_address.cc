#include "pool/listen_address.h"

#include <sstream>

#include <arpa/inet.h>

namespace rbee::pool {
namespace {

constexpr const char* kLoopback = "127.0.0.1";

/// The third word of SSH_CONNECTION; empty when it is no IPv4 address.
std::string reached_at(const Environment& environment) {
  std::istringstream words(environment.get("SSH_CONNECTION").value_or(""));
  std::string client, client_port, server;
  words >> client >> client_port >> server;
  in_addr address{};
  return ::inet_pton(AF_INET, server.c_str(), &address) == 1 ? server : "";
}

}  // namespace

std::string default_listen_address(const PoolConfig& config, const Environment& environment, WorkerAccess access) {
  if (config.worker_host) return *config.worker_host;
  const std::string server = reached_at(environment);
  if (server.empty()) return kLoopback;
  return server.starts_with("127.") || access == WorkerAccess::kKeyOrDeclaredOpen ? server : kLoopback;
}

}  // namespace rbee::pool
