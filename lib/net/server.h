#pragma once
// An HTTP/1.1 server on one I/O thread and a small handler pool.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/auth.h"
#include "net/http_error.h"
#include "net/limits.h"
#include "net/router.h"

namespace rbee::net {

struct ServerConfig {
  std::string host = "127.0.0.1";  ///< an IP literal or "localhost"
  std::uint16_t port = 0;          ///< 0: any free one
  HttpLimits limits;
  std::optional<ApiKey> api_key;  ///< asked for on every route that is not public
  /// The JSON body of an error answer.
  std::function<std::string(const ErrorReply&)> error_body;
  /// Told of every answer: the route's path ("" when none matched) and the status. I/O thread; may be empty.
  std::function<void(std::string_view route, int status)> on_answered;
};

class Server {
 public:
  /// Binds, listens and begins to serve. Throws Error{kIo} naming the address when it cannot be bound.
  Server(ServerConfig config, Router router);
  /// stop(), and waits for the threads. Replies must not be used by other threads any more.
  ~Server();

  /// The port that is bound.
  std::uint16_t port() const;
  /// Requests that came but are not answered completely.
  std::uint32_t requests_active() const;

  /// From now on every answer closes its connection and idle connections are closed; new connections still get answers.
  /// `on_idle` is called once, on the I/O thread, when no request is active.
  void drain(std::function<void()> on_idle);
  /// Closes every connection (their on_gone run) and the port, and waits until that is done. Any thread but the
  /// server's own.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rbee::net
