#pragma once
// The rules for the raw head of a request (RFC 9112) that stop request smuggling. They run before any other parser
// sees the bytes, so that no two readers can disagree about where a request ends.

#include <cstddef>
#include <optional>
#include <string_view>

#include "net/http_error.h"
#include "net/limits.h"

namespace rbee::net {

/// What the bytes at the start of a connection's buffer are.
struct HeadScan {
  std::size_t head_bytes = 0;       ///< length with the empty line; 0 while it is not complete
  std::optional<ErrorReply> error;  ///< 400 or 431: answer it and close
};

/// Looks for a complete head in `bytes`. Errors are found as early as possible: a bare LF, a bare CR, a control
/// character or a folded line is refused when it arrives. Pure; linear in `bytes`.
HeadScan scan_head(std::string_view bytes, const HttpLimits& limits);

/// How long the body is, by the head's own fields.
struct BodyLength {
  bool chunked = false;
  std::uint64_t bytes = 0;          ///< declared; 0 when chunked
  std::optional<ErrorReply> error;  ///< 400 (both lengths, two lengths, odd encodings) or 413
};

/// Applies RFC 9112 section 6 without its leniencies: Transfer-Encoding must be exactly "chunked", Content-Length
/// exactly one run of digits, never both, neither twice. `head` is complete and passed scan_head.
BodyLength body_length(std::string_view head, const HttpLimits& limits);

}  // namespace rbee::net
