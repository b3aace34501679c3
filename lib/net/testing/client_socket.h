#pragma once
// A blocking TCP connection whose every call has a deadline.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rbee::net {

/// Move-only owner of the connection. One thread at a time; close() may not race with the other calls.
class ClientSocket {
 public:
  /// Connects to a name or an IP literal, each of its addresses in turn. Throws Error{kIo} naming host and port.
  ClientSocket(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout);
  ~ClientSocket();
  ClientSocket(ClientSocket&& other) noexcept;
  ClientSocket& operator=(ClientSocket&& other) noexcept;

  /// Sends all of it. Throws Error{kIo} when the peer is gone or takes nothing for `timeout`.
  void send(std::string_view bytes, std::chrono::milliseconds timeout);
  /// What is there, waiting for the first byte; empty at the end of the stream, nothing when `timeout` passed.
  /// Throws Error{kIo} when the connection broke.
  std::optional<std::string> receive(std::size_t bytes_max, std::chrono::milliseconds timeout);
  /// No more will be sent.
  void shut_down_sending();
  /// Closes with a reset instead of an orderly end.
  void reset();
  void close();

 private:
  int fd_ = -1;
};

}  // namespace rbee::net
