#include "net/sse_format.h"

#include "base/check.h"

namespace rbee::net {

std::string sse_event(std::string_view type, std::string_view data) {
  RBEE_CHECK(data.find_first_of("\r\n") == std::string_view::npos);
  std::string frame;
  frame.reserve(type.size() + data.size() + 18);
  if (!type.empty()) frame.append("event: ").append(type).append("\n");
  frame.append("data: ").append(data).append("\n\n");
  return frame;
}

}  // namespace rbee::net
