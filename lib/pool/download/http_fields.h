#pragma once
// The header fields that a download depends on, read from text that anybody may have written.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "pool/download/transport.h"

namespace rbee::pool::download {

/// The target of rel="next" in a Link field (RFC 8288).
std::optional<std::string> next_link(std::string_view link);

/// An IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

/// How long the server asks to wait: Retry-After in seconds or as a date (RFC 9110, 10.2.3), else the reset time `t` of
/// RateLimit where `r` is 0 (draft-ietf-httpapi-ratelimit-headers). Never negative.
std::optional<std::chrono::seconds> asked_wait(const HttpHead& head, WallTime now);

struct ContentRange {
  std::uint64_t first = 0, last = 0;
  std::optional<std::uint64_t> total;
};
/// "bytes 5-9/10" or "bytes 5-9/*" (RFC 9110, 14.4), with first <= last < total.
std::optional<ContentRange> parse_content_range(std::string_view text);

/// An entity tag without W/ and quotes.
std::string bare_etag(std::string_view text);

}  // namespace rbee::pool::download
