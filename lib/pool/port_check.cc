#include "pool/port_check.h"

#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/file_descriptor.h"

namespace rbee::pool {
namespace {

constexpr std::chrono::milliseconds kPoll{20};

bool can_listen(int family, const void* address, socklen_t bytes) {
  const FileDescriptor socket(::socket(family, SOCK_STREAM, 0));
  const int on = 1;  // as servers do: connections of an earlier one that are still closing do not count
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return ::bind(socket.get(), static_cast<const sockaddr*>(address), bytes) == 0 && ::listen(socket.get(), 1) == 0;
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

bool wait_until_port_free(const std::string& address, std::uint16_t port, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!is_port_free(address, port)) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

}  // namespace rbee::pool
