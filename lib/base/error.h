#pragma once
// The one exception type of rbee and its mapping to HTTP statuses and exit codes.

#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace rbee {

/// Why an operation cannot go on. Every kind has one HTTP status and one exit code, in error.cc.
enum class ErrorKind {
  kBadRequest,   ///< the caller's input is wrong: a flag, a field, a prompt
  kBadFile,      ///< a file's content is malformed
  kNotFound,     ///< a named thing does not exist
  kUnsupported,  ///< well-formed, but this build or backend cannot do it
  kExhausted,    ///< memory, disk or another bounded resource is used up
  kUnavailable,  ///< not now: still loading, draining, queue full
  kIo,           ///< the operating system or the network failed
  kCancelled,    ///< the caller asked to stop
};

/// Thrown when an operation cannot go on. The message names the thing, what was found and what was expected.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  /// With the request field (JSON pointer-like, e.g. "stop[3]") that caused it.
  Error(ErrorKind kind, const std::string& message, std::string param)
      : std::runtime_error(message), kind_(kind), param_(std::move(param)) {}

  ErrorKind kind() const { return kind_; }
  /// The offending request field; empty when the error has none.
  const std::string& param() const { return param_; }

 private:
  ErrorKind kind_;
  std::string param_;
};

/// Throws Error(kind, formatted message).
template <typename... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(kind, fmt::format(format, std::forward<Args>(args)...));
}

/// A stable word for the kind, used as `code` in JSON errors: "bad_request", "bad_file", ...
std::string_view error_code(ErrorKind kind);
/// 400, 422, 404, 501, 507, 503, 500 or 499.
int http_status(ErrorKind kind);
/// The process exit code: 2 for kBadRequest (usage), else 1.
int exit_code(ErrorKind kind);

}  // namespace rbee
