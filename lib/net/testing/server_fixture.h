#pragma once
// A server with a few routes for tests of lib/net. Tests only.

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "net/server.h"
#include "net/sse_format.h"

namespace rbee::net {

inline ServerConfig test_config() {
  ServerConfig config;
  config.error_body = [](const ErrorReply& error) { return "{\"code\":\"" + error.code + "\"}"; };
  return config;
}

/// /echo gives the body back, /hello says hello, /stream sends frames until the client has gone, /throw throws, /slow
/// never answers.
struct TestRoutes {
  std::atomic<int> gone{0};     ///< streams and slow requests whose client left
  std::atomic<int> written{0};  ///< frames of /stream

  Router router() {
    Router out;
    out.add({.method = "POST",
             .path = "/echo",
             .handler = [](const HttpRequest& request, const std::shared_ptr<Reply>& reply) {
               HttpResponse response;
               response.body = request.body;
               reply->send(std::move(response));
             }});
    out.add({.method = "GET",
             .path = "/hello",
             .run_on = RunOn::kIo,
             .access = Access::kPublic,
             .handler = [](const HttpRequest&, const std::shared_ptr<Reply>& reply) {
               HttpResponse response;
               response.body = "hello";
               reply->send(std::move(response));
             }});
    out.add({.method = "GET", .path = "/throw", .handler = [](const HttpRequest&, const std::shared_ptr<Reply>&) {
               fail(ErrorKind::kUnavailable, "not now");
             }});
    out.add(
        {.method = "GET", .path = "/slow", .handler = [this](const HttpRequest&, const std::shared_ptr<Reply>& reply) {
           reply->on_gone([this, keep = std::weak_ptr<Reply>(reply)] { ++gone; });
         }});
    out.add({.method = "GET", .path = "/quiet", .handler = [](const HttpRequest&, const std::shared_ptr<Reply>& reply) {
               reply->start_events();
             }});
    out.add({.method = "GET",
             .path = "/stream",
             .handler = [this](const HttpRequest& request, const std::shared_ptr<Reply>& reply) {
               const std::size_t frame_bytes = request.query == "big" ? 60'000 : 10;
               auto left = std::make_shared<std::atomic<bool>>(false);
               reply->on_gone([this, left] {
                 ++gone;
                 *left = true;
               });
               reply->start_events();
               while (!*left) {
                 ++written;
                 reply->write(sse_event("tick", std::string(frame_bytes, 'x')));
                 std::this_thread::sleep_for(std::chrono::milliseconds(2));
               }
             }});
    return out;
  }
};

/// True as soon as `condition` holds, false after `timeout`.
template <typename Condition>
bool eventually(const Condition& condition, std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace rbee::net
