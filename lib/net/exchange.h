#pragma once
// The Reply of one connection: keeps what was answered until the connection can send it.

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "net/reply.h"

namespace rbee::net {

/// How the answer is framed; fixed by the request.
struct ReplyFraming {
  bool keep_alive = true;
  bool chunked = true;     ///< HTTP/1.1; an HTTP/1.0 stream ends with the connection
  bool head_only = false;  ///< HEAD
  std::uint64_t stream_buffer_max = 0;
};

/// Head and body of a whole answer as bytes.
std::string serialized(const HttpResponse& response, const ReplyFraming& framing);

class Exchange final : public Reply {
 public:
  /// `wake` tells the connection that there is something to take; called on any thread, must not block.
  Exchange(ReplyFraming framing, std::function<void()> wake);

  void send(HttpResponse response) override;
  void start_events() override;
  void write(std::string_view frame) override;
  void finish() override;
  void on_gone(std::function<void()> callback) override;

  /// What is to be sent now. I/O thread.
  struct Output {
    std::string bytes;
    bool finished = false;    ///< nothing follows
    bool streaming = false;   ///< headers of an event stream were sent: pings are welcome
    bool overflowed = false;  ///< the reader is too slow: cut it off
  };
  Output take();
  bool overflowed() const;
  int status() const;
  /// Runs the on_gone callback, if the answer is not complete. I/O thread.
  void client_gone();
  /// Everything was sent: drops the on_gone callback. I/O thread.
  void complete();

 private:
  enum class Mode { kNone, kWhole, kEvents };

  const ReplyFraming framing_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  // Guarded by mutex_:
  Mode mode_ = Mode::kNone;
  int status_ = 0;
  std::string head_;     // of an event stream, until taken
  std::string pending_;  // bytes of a whole answer, or frames that are not framed as a chunk yet
  bool finished_ = false, gone_ = false, overflowed_ = false;
  std::function<void()> on_gone_;
};

}  // namespace rbee::net
