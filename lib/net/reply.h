#pragma once
// The answering side of one request.

#include <functional>
#include <string_view>

#include "net/http_message.h"

namespace rbee::net {

/// Either one send(), or start_events(), any number of write() and one finish(). Every method may be called from any
/// thread, returns at once and never throws; after the client has gone all of them do nothing.
class Reply {
 public:
  virtual ~Reply() = default;
  /// The whole answer.
  virtual void send(HttpResponse response) = 0;
  /// Sends the headers of a text/event-stream now. Frames written before it are kept until then.
  virtual void start_events() = 0;
  /// Queues one whole frame (see sse_format.h).
  virtual void write(std::string_view frame) = 0;
  /// Ends the stream once everything queued has been sent.
  virtual void finish() = 0;
  /// Calls `callback` at most once, when the client goes away (or reads too slowly) before the answer is complete: on
  /// the server's thread, or right here when it has gone already. One callback per reply.
  virtual void on_gone(std::function<void()> callback) = 0;
};

}  // namespace rbee::net
