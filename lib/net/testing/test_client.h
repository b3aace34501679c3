#pragma once
// A client for tests of servers: sends any bytes, and reads answers piece by piece. Tests only.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "net/sse_parser.h"
#include "net/testing/client_socket.h"

namespace rbee::net {

struct TestResponse {
  int status = 0;                              ///< 0: the server closed or reset the connection without an answer
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// One connection to 127.0.0.1. One thread.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port);

  /// Sends as it is. False when the server has closed the connection.
  bool send(std::string_view bytes);
  /// A well-formed request with Host, and the JSON body's fields when there is one.
  bool send_request(std::string_view method, std::string_view target, std::string_view body = {},
                    std::string_view more_headers = {});
  /// The next whole answer.
  TestResponse read_response(std::chrono::milliseconds timeout = std::chrono::seconds(30));
  /// Only the head of the next answer; next_event() reads its body.
  TestResponse read_head(std::chrono::milliseconds timeout = std::chrono::seconds(30));
  /// The next event of the stream; nothing at its end, or when `timeout` passed (ended() tells which).
  std::optional<SseEvent> next_event(std::chrono::milliseconds timeout = std::chrono::seconds(30));
  bool ended() const { return ended_; }
  /// Everything of the body so far, comments included.
  const std::string& stream_text() const { return stream_text_; }
  /// True when the server closes the connection within `timeout`.
  bool closes(std::chrono::milliseconds timeout);

  ClientSocket& socket() { return socket_; }

 private:
  bool fill(std::chrono::milliseconds timeout);
  std::optional<std::string> take_chunk(std::chrono::milliseconds timeout);

  ClientSocket socket_;
  std::string buffer_;
  bool ended_ = false;
  SseParser parser_;
  std::deque<SseEvent> events_;
  std::string stream_text_;
};

/// One request on a connection of its own.
TestResponse fetch(std::uint16_t port, std::string_view method, std::string_view target, std::string_view body = {},
                   std::string_view more_headers = {});

}  // namespace rbee::net
