#pragma once
// Reads a text/event-stream as it arrives (WHATWG HTML, section 9.2.6 "Interpreting an event stream").

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/units.h"

namespace rbee::net {

struct SseEvent {
  std::string type;  ///< "message" when the stream names none
  std::string data;  ///< lines joined by '\n'
};

/// Any split of the bytes gives the same events. Comments, id and retry are dropped. One thread.
class SseParser {
 public:
  explicit SseParser(std::uint64_t event_bytes_max = 16_MiB) : event_bytes_max_(event_bytes_max) {}

  /// Calls `on_event` for every event that `bytes` completes. Throws Error{kBadFile} when one event is larger than the
  /// limit.
  void feed(std::string_view bytes, const std::function<void(const SseEvent&)>& on_event);

 private:
  void take_line(const std::function<void(const SseEvent&)>& on_event);
  void append(std::string_view text);

  const std::uint64_t event_bytes_max_;
  std::string line_;
  std::string type_, data_;
  bool has_data_ = false;
  bool after_cr_ = false;   // an LF that follows belongs to the CR
  bool first_line_ = true;  // a byte order mark may begin it
};

}  // namespace rbee::net
