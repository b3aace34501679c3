#pragma once
// Requests to a hub: redirects followed within bounds, the token kept where it belongs, refusals in words.

#include <chrono>
#include <functional>
#include <string>

#include "base/clock.h"
#include "pool/download/cancellation.h"
#include "pool/download/hub_access.h"
#include "pool/download/transport.h"

namespace rbee::pool::download {

/// How a download waits. The referenced things outlive it. Any thread.
struct Patience {
  const Clock& clock;
  const Cancellation& cancellation;
  std::function<double()> jitter;  ///< from 0 to 1
  /// Waits; false when somebody asked to stop. Tests do not wait.
  std::function<bool(std::chrono::milliseconds)> pause;
  std::function<void(const std::string&)> tell;  ///< why it waits; may be empty
};

/// The answer behind all redirects, without its body.
struct HubAnswer {
  HttpHead head;
  std::string etag;  ///< X-Linked-Etag of any answer on the way, else ETag of the last; bare
  Url url;           ///< who answered
};

struct HubReceiver {
  /// The head of the last answer; kStop ends the request with Error{kCancelled}.
  std::function<Flow(const HubAnswer&)> on_head;
  std::function<Flow(std::string_view)> on_body;  ///< bodies of 2xx only
};

/// Where a redirect leads. Throws Error{kBadFile}: no address, another scheme than http and https, from https to http.
Url redirect_target(const Url& from, std::string_view location);

/// One thread, one connection.
class HubClient {
 public:
  /// All outlive the client.
  HubClient(const HubAccess& access, Transport& transport, const Patience& patience)
      : access_(access), transport_(transport), patience_(patience) {}

  const HubAccess& access() const { return access_; }
  const Patience& patience() const { return patience_; }

  /// One GET request and its redirects; any status is an answer. Throws Error: as Transport::get(); kBadFile for a
  /// redirect that leads nowhere or on and on; kCancelled.
  HubAnswer get(const Url& url, const HttpFields& headers, const HubReceiver& receiver);

  /// The body of a 200 answer, at most `bytes_max`; passing failures are tried again. `what` names the thing asked for
  /// in errors. Throws Error: as get(); as throw_refusal().
  std::string get_text(const Url& url, std::uint64_t bytes_max, std::string_view what, HubAnswer& answer);

 private:
  HubAnswer get_hop(const Url& url, const HttpFields& headers, const HubReceiver& receiver, std::string linked_etag);

  const HubAccess& access_;
  Transport& transport_;
  const Patience& patience_;
};

/// Throws the Error for an answer that is not 2xx: what `what` ("org/name") is not, and what to do about it. Error
/// kinds: kNotFound (no such repository, revision or file), kUnavailable (gated, refused, too many requests), kIo.
/// Sources: X-Error-Code and X-Error-Message as huggingface_hub reads them (utils/_http.py).
[[noreturn]] void throw_refusal(const HubAnswer& answer, const HubAccess& access, std::string_view what);

}  // namespace rbee::pool::download
