#include "net/testing/test_client.h"

#include <fmt/format.h>

#include "base/error.h"

namespace rbee::net {
namespace {

constexpr std::chrono::milliseconds kSendTime{5'000};

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

}  // namespace

TestClient::TestClient(std::uint16_t port) : socket_("127.0.0.1", port, kSendTime) {}

bool TestClient::send(std::string_view bytes) {
  try {
    socket_.send(bytes, kSendTime);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool TestClient::send_request(std::string_view method, std::string_view target, std::string_view body,
                              std::string_view more_headers) {
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}", method, target, more_headers);
  if (!body.empty()) text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
  return send(text + "\r\n" + std::string(body));
}

bool TestClient::fill(std::chrono::milliseconds timeout) {
  try {
    const std::optional<std::string> bytes = socket_.receive(64 * 1024, timeout);
    if (!bytes) return false;
    if (bytes->empty()) ended_ = true;
    buffer_ += *bytes;
    return !bytes->empty();
  } catch (const Error&) {  // reset
    ended_ = true;
    return false;
  }
}

TestResponse TestClient::read_head(std::chrono::milliseconds timeout) {
  TestResponse out;
  std::size_t end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!fill(timeout)) return out;
    end = buffer_.find("\r\n\r\n");
  }
  const std::string head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  out.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const std::size_t line_end = head.find("\r\n", at), colon = head.find(':', at);
    out.headers[lower(head.substr(at, colon - at))] = head.substr(colon + 2, line_end - colon - 2);
    at = line_end + 2;
  }
  return out;
}

TestResponse TestClient::read_response(std::chrono::milliseconds timeout) {
  TestResponse out = read_head(timeout);
  if (out.status == 0) return out;
  if (const auto length = out.headers.find("content-length"); length != out.headers.end()) {
    const std::size_t bytes = std::stoull(length->second);
    while (buffer_.size() < bytes && fill(timeout)) {
    }
    out.body = buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
  } else {
    while (const std::optional<std::string> chunk = take_chunk(timeout)) out.body += *chunk;
  }
  return out;
}

std::optional<std::string> TestClient::take_chunk(std::chrono::milliseconds timeout) {
  if (ended_ && buffer_.empty()) return std::nullopt;
  for (;;) {
    const std::size_t line = buffer_.find("\r\n");
    if (line != std::string::npos) {
      const std::size_t bytes = std::stoull(buffer_.substr(0, line), nullptr, 16);
      if (buffer_.size() >= line + 2 + bytes + 2) {
        std::string chunk = buffer_.substr(line + 2, bytes);
        buffer_.erase(0, line + 2 + bytes + 2);
        if (bytes > 0) return chunk;
        ended_ = true;
        return std::nullopt;
      }
    }
    if (!fill(timeout)) return std::nullopt;
  }
}

std::optional<SseEvent> TestClient::next_event(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (events_.empty()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;  // comments are no events
    const std::optional<std::string> chunk = take_chunk(left);
    if (!chunk) return std::nullopt;
    stream_text_ += *chunk;
    parser_.feed(*chunk, [this](const SseEvent& event) { events_.push_back(event); });
  }
  SseEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

bool TestClient::closes(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!ended_) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    fill(left);
  }
  return true;
}

TestResponse fetch(std::uint16_t port, std::string_view method, std::string_view target, std::string_view body,
                   std::string_view more_headers) {
  TestClient client(port);
  client.send_request(method, target, body, more_headers);
  return client.read_response();
}

}  // namespace rbee::net
