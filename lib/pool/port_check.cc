#include "pool/port_check.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fmt/format.h>

#include "base/file_descriptor.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPoll{20};

// The inode of the listening socket on `port`; 0 when there is none. The file's columns: Linux, proc_net_tcp.rst.
std::uint64_t listener_inode(const char* table, const std::string& address, std::uint16_t port) {
  constexpr std::string_view kListen = "0A", kEverywhere = "00000000";
  std::ifstream in(table);
  std::string line;
  std::getline(in, line);  // the heading
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, state, queues, timer, retransmits, user, timeout;
    std::uint64_t inode = 0;
    fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
    const std::size_t colon = local.rfind(':');
    if (state != kListen || colon == std::string::npos) continue;
    if (std::strtoul(local.c_str() + colon + 1, nullptr, 16) != port) continue;
    const std::string at = local.substr(0, colon);
    if (address.empty() || at == address || at == kEverywhere) return inode;
  }
  return 0;
}

bool can_listen(int family, const void* address, socklen_t bytes) {
  const FileDescriptor socket(::socket(family, SOCK_STREAM, 0));
  const int on = 1;  // as servers do: connections of an earlier one that are still closing do not count
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return ::bind(socket.get(), static_cast<const sockaddr*>(address), bytes) == 0 && ::listen(socket.get(), 1) == 0;
}

bool holds_socket(const fs::path& process, const std::string& socket) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(process / "fd", error)) {
    if (fs::read_symlink(entry.path(), error) == socket) return true;
  }
  return false;
}

}  // namespace

bool is_port_free(const std::string& address, std::uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) return can_listen(AF_INET, &v4, sizeof v4);
  if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) return can_listen(AF_INET6, &v6, sizeof v6);
  return false;
}

std::optional<PortOwner> port_owner(const std::string& address, std::uint16_t port) {
  in_addr v4{};
  std::string hex;  // the table's form; empty: any
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1 && v4.s_addr != 0) hex = fmt::format("{:08X}", v4.s_addr);
  std::uint64_t inode = listener_inode("/proc/net/tcp", hex, port);
  if (inode == 0) inode = listener_inode("/proc/net/tcp6", "", port);
  if (inode == 0) return std::nullopt;
  const std::string socket = "socket:[" + std::to_string(inode) + "]";
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    const int pid = static_cast<int>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    if (pid <= 0 || !holds_socket(entry.path(), socket)) continue;
    std::ifstream in(entry.path() / "comm");
    PortOwner owner{pid, ""};
    std::getline(in, owner.name);
    return owner;
  }
  return PortOwner{};
}

bool wait_until_port_free(const std::string& address, std::uint16_t port, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!is_port_free(address, port)) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

}  // namespace rbee::pool
