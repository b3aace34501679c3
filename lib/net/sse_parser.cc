#include "net/sse_parser.h"

#include <utility>

#include "base/error.h"

namespace rbee::net {

void SseParser::feed(std::string_view bytes, const std::function<void(const SseEvent&)>& on_event) {
  if (after_cr_ && !bytes.empty()) {
    if (bytes[0] == '\n') bytes.remove_prefix(1);
    after_cr_ = false;
  }
  while (!bytes.empty()) {
    const std::size_t end = bytes.find_first_of("\r\n");
    append(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    take_line(on_event);
    const bool cr = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    if (!cr) continue;
    if (bytes.empty()) {
      after_cr_ = true;
    } else if (bytes[0] == '\n') {
      bytes.remove_prefix(1);
    }
  }
}

void SseParser::append(std::string_view text) {
  if (line_.size() + data_.size() + text.size() > event_bytes_max_) {
    fail(ErrorKind::kBadFile, "event stream: an event is larger than {} bytes", event_bytes_max_);
  }
  line_ += text;
}

void SseParser::take_line(const std::function<void(const SseEvent&)>& on_event) {
  const std::string owned = std::exchange(line_, {});
  std::string_view line = owned;
  if (std::exchange(first_line_, false) && line.substr(0, 3) == "\xEF\xBB\xBF") line.remove_prefix(3);
  if (line.empty()) {
    const SseEvent event{type_.empty() ? "message" : type_, std::exchange(data_, {})};
    type_.clear();
    if (std::exchange(has_data_, false)) on_event(event);
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (!value.empty() && value[0] == ' ') value.remove_prefix(1);
  if (field == "data") {
    if (has_data_) data_ += '\n';
    has_data_ = true;
    data_ += value;
  } else if (field == "event") {
    type_ = value;
  }
}

}  // namespace rbee::net
