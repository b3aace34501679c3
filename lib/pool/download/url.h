#pragma once
// Addresses of a hub, and of where it sends us.

#include <optional>
#include <string>
#include <string_view>

namespace rbee::pool::download {

/// An absolute http:// or https:// address without user name and fragment (RFC 3986). Only parse() makes one.
class Url {
 public:
  /// Nothing when the text is no such address: another scheme, no host, a user name, blanks or control characters.
  static std::optional<Url> parse(std::string_view text);

  /// Where `reference` (absolute, "//host/…", "/path" or "path") leads from here. Nothing as parse().
  std::optional<Url> resolve(std::string_view reference) const;
  /// This address with `path` behind it: a base and "/api/…".
  Url with_path(std::string_view path) const;

  bool secure() const { return scheme_ == "https"; }
  /// Of this machine: localhost, 127.0.0.0/8, ::1.
  bool is_loopback() const;
  /// The same scheme, host and port.
  bool same_origin(const Url& other) const;
  /// "https://host:port", the port only where it is not the scheme's own.
  std::string origin() const;
  const std::string& host() const { return host_; }
  std::string text() const { return origin() + target_; }

 private:
  Url() = default;
  std::string scheme_, host_, target_;  // host in lower case; target with its '/' and query
  unsigned port_ = 0;
};

/// `text` with everything but letters, digits and -._~ as %XX; '/' stays with KeepSlash::kYes.
enum class KeepSlash : bool { kNo, kYes };
std::string url_escaped(std::string_view text, KeepSlash slash);

}  // namespace rbee::pool::download
