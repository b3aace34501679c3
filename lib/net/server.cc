#include "net/server.h"

#include <future>
#include <thread>
#include <unordered_set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "net/connection.h"
#include "net/site.h"

namespace rbee::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct Server::Impl {
  Site site;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  tcp::acceptor acceptor{io};
  asio::steady_timer back_off{io};
  std::uint16_t port = 0;
  // I/O thread only:
  std::unordered_set<Connection*> connections;
  std::function<void()> on_idle;
  bool stopped = false;
  std::thread thread;

  void bind(const std::string& host, std::uint16_t wanted_port);
  asio::awaitable<void> accept_loop();
  asio::awaitable<void> serve(std::shared_ptr<Connection> connection);
  void refuse_connection(tcp::socket socket);
  void check_idle();
};

void Server::Impl::bind(const std::string& host, std::uint16_t wanted_port) {
  error_code ec;
  const asio::ip::address address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, ec);
  if (ec) fail(ErrorKind::kBadRequest, "'{}' is not an IP address to listen on", host);
  const tcp::endpoint endpoint(address, wanted_port);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) fail(ErrorKind::kIo, "cannot listen on {} port {}: {}", host, wanted_port, ec.message());
  port = acceptor.local_endpoint().port();
}

asio::awaitable<void> Server::Impl::accept_loop() {
  while (!stopped) {
    error_code ec;
    tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, ec));
    if (stopped) break;
    if (ec) {
      // Out of file descriptors or memory: connections that end make room. Without the pause this loop would spin.
      log_warning("cannot accept a connection: {}", ec.message());
      back_off.expires_after(std::chrono::milliseconds(100));
      co_await back_off.async_wait(asio::redirect_error(asio::use_awaitable, ec));
      continue;
    }
    if (connections.size() >= site.config.limits.connections_max) {
      refuse_connection(std::move(socket));
      continue;
    }
    asio::co_spawn(io, serve(std::make_shared<Connection>(site, std::move(socket))), asio::detached);
  }
}

asio::awaitable<void> Server::Impl::serve(std::shared_ptr<Connection> connection) {
  connections.insert(connection.get());
  try {
    co_await connection->run();
  } catch (const std::exception& error) {  // out of memory for one request must not end the others
    log_error("a connection failed: {}", error.what());
    connection->close();
  }
  connections.erase(connection.get());
}

void Server::Impl::refuse_connection(tcp::socket socket) {
  const std::string answer = serialized(error_response(site.config, {503, "unavailable", "too many connections", ""}),
                                        {.keep_alive = false, .chunked = false, .head_only = false});
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.send(asio::buffer(answer), 0, ignored);  // fits the empty socket buffer
  socket.shutdown(asio::socket_base::shutdown_both, ignored);
}

void Server::Impl::check_idle() {
  if (site.draining && on_idle && site.requests_active == 0) std::exchange(on_idle, nullptr)();
}

Server::Server(ServerConfig config, Router router) : impl_(std::make_unique<Impl>()) {
  Impl& impl = *impl_;
  impl.site.config = std::move(config);
  impl.site.router = std::move(router);
  impl.site.request_done = [&impl] { impl.check_idle(); };
  impl.bind(impl.site.config.host, impl.site.config.port);
  const HttpLimits& limits = impl.site.config.limits;
  impl.site.pool = std::make_unique<HandlerPool>(limits.handler_threads, limits.handler_queue_max);
  asio::co_spawn(impl.io, impl.accept_loop(), asio::detached);
  impl.thread = std::thread([&impl] { impl.io.run(); });
}

Server::~Server() {
  stop();
}

std::uint16_t Server::port() const {
  return impl_->port;
}

std::uint32_t Server::requests_active() const {
  return impl_->site.requests_active;
}

void Server::drain(std::function<void()> on_idle) {
  asio::post(impl_->io, [impl = impl_.get(), on_idle = std::move(on_idle)]() mutable {
    impl->site.draining = true;
    impl->on_idle = std::move(on_idle);
    const std::unordered_set<Connection*> all = impl->connections;
    for (Connection* connection : all) connection->close_if_idle();
    impl->check_idle();
  });
}

void Server::stop() {
  if (!impl_->thread.joinable()) return;
  asio::post(impl_->io, [impl = impl_.get()] {
    impl->stopped = true;
    error_code ignored;
    impl->acceptor.close(ignored);
    impl->back_off.cancel();
    const std::unordered_set<Connection*> all = impl->connections;
    for (Connection* connection : all) connection->close();
    impl->work.reset();
  });
  impl_->thread.join();
  impl_->site.pool.reset();  // after the I/O thread: nobody posts any more
}

}  // namespace rbee::net
