#pragma once
// How a download asks: HTTP as the program hands it in. lib/pool knows no network.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rbee::pool::download {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string url;
  HttpFields headers;
};

struct HttpHead {
  int status = 0;
  HttpFields headers;  ///< names in lower case

  /// The first value of the field; `name` in lower case.
  std::optional<std::string> header(std::string_view name) const;
};

/// What a receiver says after each piece.
enum class Flow : std::uint8_t { kContinue, kStop };

struct HttpReceiver {
  std::function<Flow(const HttpHead&)> on_head;   ///< once, before the body
  std::function<Flow(std::string_view)> on_body;  ///< pieces as they come
  std::function<Flow()> on_wait;                  ///< about once a second, also while nothing comes
};

/// A client for GET requests. One thread.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Sends a GET request and hands the answer over as it comes; follows no redirect, retries nothing; any status is an
  /// answer. Throws Error: kUnavailable (no name, no connection, too slow), kIo (the connection broke, the body is
  /// shorter than its head says), kCancelled (a receiver said kStop), and what a receiver throws.
  virtual HttpHead get(const HttpRequest& request, const HttpReceiver& receiver) = 0;
};

/// Called once per thread that downloads, from any thread.
using TransportFactory = std::function<std::unique_ptr<Transport>()>;

}  // namespace rbee::pool::download
