#pragma once
// One client connection, as a coroutine: requests one after the other. Everything runs on the I/O thread.
// Only the server includes this: Asio stays out of everyone else's build.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/exchange.h"
#include "net/head_check.h"
#include "net/site.h"

namespace rbee::net {

/// Shared by the coroutine that runs it and by the callbacks that may outlast a step of it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// `site` outlives the connection.
  Connection(Site& site, Socket socket);

  /// Serves until the client leaves, a limit is met, or close(). Throws only when memory is short.
  boost::asio::awaitable<void> run();
  /// Cuts the connection now.
  void close();
  /// Closes when no request is under way.
  void close_if_idle();

 private:
  enum class Wait { kIdle, kHead, kBody, kAnswer };
  struct Parsed;  // Beast's parser, in connection.cc

  boost::asio::awaitable<bool> serve_one(bool first);
  boost::asio::awaitable<std::size_t> read_head(bool first, std::optional<ErrorReply>& error);
  boost::asio::awaitable<std::optional<HttpRequest>> read_request(bool first);
  boost::asio::awaitable<std::optional<ErrorReply>> read_body(Parsed& parsed, BodyLength length);
  boost::asio::awaitable<bool> answer(Exchange& exchange);
  boost::asio::awaitable<void> refuse(ErrorReply error);
  boost::asio::awaitable<void> linger();

  /// Appends what the socket has to buffer_; 0 when the client left or the deadline passed.
  boost::asio::awaitable<std::size_t> read_more(std::size_t bytes_max);
  /// Sends all of `bytes`; false when the client is gone or takes nothing for write_stall.
  boost::asio::awaitable<bool> write_all(std::string_view bytes);

  void set_deadline(std::chrono::steady_clock::time_point when);
  void clear_deadline();
  void watch_for_hang_up();
  void wake();

  Site& site_;
  Socket socket_;
  boost::asio::steady_timer deadline_;  // cancels the socket's operations
  boost::asio::steady_timer ping_;      // what answer() waits on; wake() ends the wait
  std::uint64_t deadline_generation_ = 0;
  bool deadline_passed_ = false;
  std::uint64_t watch_generation_ = 0;
  Wait wait_ = Wait::kIdle;
  bool closed_ = false;
  bool keep_alive_ = true;
  bool http_1_1_ = true;
  std::string buffer_;                  // received, not used yet
  std::shared_ptr<Exchange> exchange_;  // of the request under way; shared with its handler
};

}  // namespace rbee::net
