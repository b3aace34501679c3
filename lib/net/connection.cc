#include "net/connection.h"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/sse_format.h"

namespace rbee::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::redirect_error;
using asio::use_awaitable;
using boost::system::error_code;
using std::chrono::steady_clock;

struct Connection::Parsed {
  http::request_parser<http::string_body> parser;
};

namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kChunkHeadBytesMax = 4 * 1024;  // the line of a chunk's size with its extensions, or the trailer

ErrorReply bad_request(std::string message) {
  return {400, "bad_request", std::move(message), ""};
}

std::string lower_name(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// Beast's message as ours; throws HttpError when the target or Host is not what RFC 9112 section 3.2 asks for.
HttpRequest to_request(http::request<http::string_body>& message) {
  HttpRequest request;
  request.method = std::string(message.method_string());
  const std::string_view target(message.target().data(), message.target().size());
  if (target.empty() || target[0] != '/') throw HttpError(bad_request("the request target must begin with '/'"));
  const std::size_t mark = target.find('?');
  request.path = std::string(target.substr(0, mark));
  if (mark != std::string_view::npos) request.query = std::string(target.substr(mark + 1));
  for (const auto& field : message) {
    const std::string name = lower_name({field.name_string().data(), field.name_string().size()});
    const std::string_view value(field.value().data(), field.value().size());
    const auto [at, is_new] = request.headers.emplace(name, value);
    if (is_new) continue;
    if (name == "host" || name == "authorization" || name == "content-type" || name == "origin") {
      throw HttpError(bad_request("the header field '" + name + "' is there twice"));
    }
    at->second.append(", ").append(value);
  }
  if (message.version() >= 11 && !request.header("host")) throw HttpError(bad_request("the Host header is missing"));
  request.body = std::move(message.body());
  return request;
}

}  // namespace

Connection::Connection(Site& site, Socket socket)
    : site_(site), socket_(std::move(socket)), deadline_(socket_.get_executor()), ping_(socket_.get_executor()) {}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  const std::uint32_t requests_max = site_.config.limits.requests_per_connection_max;
  for (std::uint32_t served = 0; !closed_ && served < requests_max; ++served) {
    if (served + 1 == requests_max) keep_alive_ = false;
    const bool more = co_await serve_one(served == 0);
    if (!more) break;
  }
  close();
}

asio::awaitable<bool> Connection::serve_one(bool first) {
  std::optional<HttpRequest> request = co_await read_request(first);
  if (!request) co_return false;
  wait_ = Wait::kAnswer;
  if (site_.draining) keep_alive_ = false;
  const bool head_only = request->method == "HEAD";
  const std::weak_ptr<Connection> weak = weak_from_this();
  exchange_ =
      std::make_shared<Exchange>(ReplyFraming{keep_alive_, http_1_1_, head_only, site_.config.limits.stream_buffer_max},
                                 [weak, executor = socket_.get_executor()] {
                                   if (weak.expired()) return;
                                   asio::post(executor, [weak] {
                                     if (const auto connection = weak.lock()) connection->wake();
                                   });
                                 });
  ++site_.requests_active;
  std::string route_path;
  try {
    const Route& route = admit(site_, *request);
    route_path = route.path;
    if (head_only) request->method = "GET";
    run_handler(site_, route, std::move(*request), exchange_);
  } catch (const HttpError& error) {
    HttpResponse response = error_response(site_.config, error.reply());
    if (error.reply().status == 405) {
      const std::string& text = error.reply().message;
      response.headers.emplace_back("Allow", text.substr(text.rfind(": ") + 2));
    }
    exchange_->send(std::move(response));
  }
  const bool whole = co_await answer(*exchange_);
  --site_.requests_active;
  if (site_.config.on_answered) site_.config.on_answered(route_path, exchange_->status());
  exchange_.reset();
  wait_ = Wait::kIdle;
  site_.request_done();
  co_return whole&& keep_alive_ && !site_.draining;
}

asio::awaitable<std::size_t> Connection::read_head(bool first, std::optional<ErrorReply>& error) {
  const HttpLimits& limits = site_.config.limits;
  wait_ = first || !buffer_.empty() ? Wait::kHead : Wait::kIdle;
  set_deadline(steady_clock::now() + (wait_ == Wait::kHead ? limits.head_deadline : limits.keep_alive));
  for (;;) {
    const HeadScan scan = scan_head(buffer_, limits);
    if (scan.error) {
      error = scan.error;
      co_return 0;
    }
    if (scan.head_bytes > 0) co_return scan.head_bytes;
    const std::size_t n = co_await read_more(kReadBytes);
    if (n == 0) {
      const bool half_head = !buffer_.empty() || first;
      if (deadline_passed_ && half_head && !closed_) {
        error = ErrorReply{408, "timeout", "the request head did not arrive in time", ""};
      }
      co_return 0;
    }
    if (wait_ == Wait::kIdle) {
      wait_ = Wait::kHead;
      set_deadline(steady_clock::now() + limits.head_deadline);
    }
  }
}

asio::awaitable<std::optional<HttpRequest>> Connection::read_request(bool first) {
  std::optional<ErrorReply> error;
  const std::size_t head_bytes = co_await read_head(first, error);
  if (head_bytes == 0) {
    if (error) co_await refuse(std::move(*error));
    co_return std::nullopt;
  }
  const BodyLength length = body_length(std::string_view(buffer_).substr(0, head_bytes), site_.config.limits);
  if (length.error) {
    co_await refuse(*length.error);
    co_return std::nullopt;
  }
  Parsed parsed;
  parsed.parser.header_limit(static_cast<std::uint32_t>(site_.config.limits.head_bytes_max));
  parsed.parser.body_limit(site_.config.limits.body_bytes_max);
  parsed.parser.eager(false);
  error_code ec;
  parsed.parser.put(asio::buffer(buffer_.data(), head_bytes), ec);
  if (ec || !parsed.parser.is_header_done()) {
    ErrorReply malformed = bad_request("malformed request: " + ec.message());
    if (ec == http::error::bad_version) {
      malformed = {505, "bad_version", "only HTTP/1.0 and HTTP/1.1 are spoken here", ""};
    }
    co_await refuse(std::move(malformed));
    co_return std::nullopt;
  }
  buffer_.erase(0, head_bytes);
  http_1_1_ = parsed.parser.get().version() >= 11;
  keep_alive_ = keep_alive_ && parsed.parser.get().keep_alive();
  error = co_await read_body(parsed, length);
  clear_deadline();
  if (!error && closed_) co_return std::nullopt;
  if (!error) {
    try {
      http::request<http::string_body> message = parsed.parser.release();
      co_return to_request(message);
    } catch (const HttpError& bad) {
      error = bad.reply();
    }
  }
  if (error->status != 0) co_await refuse(std::move(*error));
  co_return std::nullopt;
}

asio::awaitable<std::optional<ErrorReply>> Connection::read_body(Parsed& parsed, BodyLength length) {
  constexpr int kClientLeft = 0;  // a status that is never sent
  const HttpLimits& limits = site_.config.limits;
  if (parsed.parser.is_done()) co_return std::nullopt;
  parsed.parser.eager(true);
  wait_ = Wait::kBody;
  const auto expect = parsed.parser.get().find(http::field::expect);
  if (expect != parsed.parser.get().end()) {
    if (lower_name({expect->value().data(), expect->value().size()}) != "100-continue") {
      co_return ErrorReply{417, "bad_request", "the only expectation that is understood is 100-continue", ""};
    }
    if (buffer_.empty()) {
      const bool sent = co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
      if (!sent) co_return ErrorReply{kClientLeft, "", "", ""};
    }
  }
  const auto begin = steady_clock::now();
  std::uint64_t received = 0;
  for (;;) {
    error_code ec;
    if (!buffer_.empty()) {
      const std::size_t used = parsed.parser.put(asio::buffer(buffer_.data(), buffer_.size()), ec);
      buffer_.erase(0, used);
      if (ec == http::error::body_limit) {
        co_return ErrorReply{413, "body_too_large",
                             "the body is larger than " + std::to_string(limits.body_bytes_max) + " bytes", ""};
      }
      if (ec && ec != http::error::need_more) co_return bad_request("malformed body: " + ec.message());
      if (parsed.parser.is_done()) co_return std::nullopt;
      // What the parser leaves is the line of a chunk's size or trailer: it must not grow without end.
      if (buffer_.size() > kChunkHeadBytesMax) co_return bad_request("malformed body: a chunk's head is too long");
    }
    const auto by_rate = begin + limits.body_grace + std::chrono::seconds(received / limits.body_rate_min);
    set_deadline(std::min(steady_clock::now() + limits.body_idle, by_rate));
    const std::size_t n = co_await read_more(length.chunked ? kReadBytes : 4 * kReadBytes);
    if (n == 0 && deadline_passed_) co_return ErrorReply{408, "timeout", "the request body did not arrive in time", ""};
    if (n == 0) co_return ErrorReply{kClientLeft, "", "", ""};
    received += n;
  }
}

asio::awaitable<bool> Connection::answer(Exchange& exchange) {
  watch_for_hang_up();
  bool whole = false;
  while (!closed_) {
    const Exchange::Output out = exchange.take();
    if (out.overflowed) break;
    if (!out.bytes.empty()) {
      const bool sent = co_await write_all(out.bytes);
      if (!sent) break;
    }
    if (out.finished) {
      whole = !closed_;
      break;
    }
    if (!out.bytes.empty()) continue;  // more may have come during the write
    ping_.expires_after(site_.config.limits.ping_interval);
    error_code ec;
    co_await ping_.async_wait(redirect_error(use_awaitable, ec));
    if (!ec && out.streaming && !closed_) exchange.write(kSsePing);
  }
  ++watch_generation_;  // the watch's handler does nothing from here on
  error_code ignored;
  socket_.cancel(ignored);
  if (whole) {
    exchange.complete();
  } else {
    exchange.client_gone();
    socket_.set_option(asio::socket_base::linger(true, 0),
                       ignored);  // a reset: the reader must not take it for the end
  }
  co_return whole;
}

asio::awaitable<void> Connection::refuse(ErrorReply error) {
  keep_alive_ = false;
  clear_deadline();
  if (site_.config.on_answered) site_.config.on_answered("", error.status);
  const HttpResponse response = error_response(site_.config, error);
  const std::string bytes = serialized(response, {.keep_alive = false, .chunked = false, .head_only = false});
  const bool sent = co_await write_all(bytes);
  if (sent) co_await linger();
}

asio::awaitable<void> Connection::linger() {
  error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
  const HttpLimits& limits = site_.config.limits;
  set_deadline(steady_clock::now() + limits.linger);
  for (std::uint64_t dropped = 0; dropped < limits.linger_bytes_max;) {
    buffer_.clear();
    const std::size_t n = co_await read_more(4 * kReadBytes);
    if (n == 0) break;
    dropped += n;
  }
  clear_deadline();
}

asio::awaitable<std::size_t> Connection::read_more(std::size_t bytes_max) {
  if (closed_ || deadline_passed_) co_return 0;
  const std::size_t before = buffer_.size();
  buffer_.resize(before + bytes_max);
  error_code ec;
  const std::size_t n = co_await socket_.async_read_some(asio::buffer(buffer_.data() + before, bytes_max),
                                                         redirect_error(use_awaitable, ec));
  buffer_.resize(before + n);
  co_return n;
}

asio::awaitable<bool> Connection::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    if (closed_) co_return false;
    set_deadline(steady_clock::now() + site_.config.limits.write_stall);
    error_code ec;
    const std::size_t n =
        co_await socket_.async_write_some(asio::buffer(bytes.data(), bytes.size()), redirect_error(use_awaitable, ec));
    if (ec) co_return false;
    bytes.remove_prefix(n);
  }
  clear_deadline();
  co_return true;
}

void Connection::set_deadline(steady_clock::time_point when) {
  const std::uint64_t generation = ++deadline_generation_;
  deadline_passed_ = false;
  deadline_.expires_at(when);
  deadline_.async_wait([self = shared_from_this(), generation](const error_code& ec) {
    if (ec || generation != self->deadline_generation_) return;
    self->deadline_passed_ = true;
    error_code ignored;
    self->socket_.cancel(ignored);
  });
}

void Connection::clear_deadline() {
  ++deadline_generation_;
  deadline_passed_ = false;
  deadline_.cancel();
}

void Connection::watch_for_hang_up() {
  const std::uint64_t generation = ++watch_generation_;
  const auto on_readable = [self = shared_from_this(), generation](const error_code& ec) {
    if (generation != self->watch_generation_ || self->closed_) return;
    if (ec == asio::error::operation_aborted) return;  // a deadline or the answer's end
    char byte = 0;
    error_code peek;
    self->socket_.non_blocking(true, peek);
    const std::size_t n = self->socket_.receive(asio::buffer(&byte, 1), asio::socket_base::message_peek, peek);
    if (n == 0 && peek != asio::error::would_block) {
      self->close();
      return;
    }
    // The next request is here early. Taking it makes the socket quiet again; past the limit the client waits its turn
    // and a hang-up shows when the answer is written.
    if (self->buffer_.size() >= self->site_.config.limits.head_bytes_max) return;
    const std::size_t before = self->buffer_.size();
    self->buffer_.resize(before + kReadBytes);
    const std::size_t got = self->socket_.receive(asio::buffer(self->buffer_.data() + before, kReadBytes), 0, peek);
    self->buffer_.resize(before + got);
    self->watch_for_hang_up();
  };
  socket_.async_wait(asio::socket_base::wait_read, on_readable);
}

void Connection::wake() {
  ping_.cancel();
  if (exchange_ && exchange_->overflowed()) close();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  if (exchange_ && wait_ == Wait::kAnswer) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  socket_.close(ignored);
  deadline_.cancel();
  ping_.cancel();
}

void Connection::close_if_idle() {
  if (wait_ == Wait::kIdle) close();
}

}  // namespace rbee::net
