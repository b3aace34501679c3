#pragma once
// An HTTP/1.1 client over libcurl: streamed answers, deadlines, nothing followed or retried by itself.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.h"

namespace rbee::net {

/// What to ask. http:// and https:// only; certificates are always checked.
struct ClientRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  ///< sent with every method but GET and HEAD
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds total_timeout{0};  ///< 0: none
  std::chrono::seconds stall_timeout{30};      ///< this long below one byte per second: given up; 0: never
  enum class Proxy {
    kNone,    ///< straight to the host: for addresses of this machine
    kSystem,  ///< what http_proxy, https_proxy and no_proxy say
  } proxy = Proxy::kNone;
};

/// Status and header fields; 1xx answers are skipped.
struct ResponseHead {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, in the order they came

  /// The first value of the field; `name` in lower case.
  std::optional<std::string> header(std::string_view name) const;
};

struct ClientResponse {
  ResponseHead head;
  std::string body;
};

/// What a receiver says after each piece.
enum class Flow : std::uint8_t { kContinue, kStop };

struct ResponseReceiver {
  std::function<Flow(const ResponseHead&)> on_head;  ///< once, before the body; may be empty
  std::function<Flow(std::string_view)> on_body;     ///< pieces as they come; may be empty
  std::function<Flow()> on_wait;  ///< about once a second and with every piece, also while nothing comes; may be empty
};

/// Keeps connections alive between requests. One thread at a time; make one client per thread.
class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// Sends the request and hands the answer to `receiver` as it comes. Redirects are returned, not followed; any status
  /// is an answer, not an error. Throws Error: kBadRequest (the URL), kUnavailable (no name, no connection, too slow),
  /// kIo (the connection broke, TLS failed, the answer is shorter than it says or no HTTP), kCancelled (a receiver
  /// said kStop).
  ResponseHead send(const ClientRequest& request, const ResponseReceiver& receiver);

  /// The whole answer. Throws as send(), and Error{kIo} when the body is longer than `bytes_max`.
  ClientResponse fetch(const ClientRequest& request, std::uint64_t bytes_max = 16_MiB);

 private:
  class Handle;
  std::unique_ptr<Handle> handle_;
};

/// `text` with everything but letters, digits and -._~ as %XX: for one part of a URL (RFC 3986, 2.3).
std::string url_encoded(std::string_view text);

}  // namespace rbee::net
