#pragma once
// What all connections of a server share. Only the server and its connections include this.

#include <atomic>
#include <cstdint>
#include <memory>

#include "net/handler_pool.h"
#include "net/http_message.h"
#include "net/reply.h"
#include "net/router.h"
#include "net/server.h"

namespace rbee::net {

struct Site {
  // Constant after construction.
  ServerConfig config;
  Router router;
  // I/O thread only.
  bool draining = false;
  std::function<void()> request_done;  ///< called after every answer
  // Any thread.
  std::atomic<std::uint32_t> requests_active{0};
  std::unique_ptr<HandlerPool> pool;
};

/// The error as a whole answer, with the fields that its status asks for (Retry-After, WWW-Authenticate).
HttpResponse error_response(const ServerConfig& config, const ErrorReply& error);

/// Runs the route's handler, here or on the pool. Whatever it throws becomes the answer: this is the request handler's
/// one catch.
void run_handler(Site& site, const Route& route, HttpRequest request, std::shared_ptr<Reply> reply);

/// The guards that need no body, in this order: query, Host, Origin, API key, route, media type. Returns the route, or
/// throws HttpError. `request.path` is still encoded; the route's parameters are filled in.
const Route& admit(const Site& site, HttpRequest& request);

}  // namespace rbee::net
