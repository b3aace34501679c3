#pragma once
// Frames of server-sent events (WHATWG HTML, section 9.2 "Server-sent events").

#include <string>
#include <string_view>

namespace rbee::net {

/// "event: <type>\ndata: <data>\n\n"; without the first line when `type` is empty. `data` has no line breaks (JSON
/// text).
std::string sse_event(std::string_view type, std::string_view data);

/// A comment that keeps the connection alive; parsers drop it.
constexpr std::string_view kSsePing = ": ping\n\n";

}  // namespace rbee::net
