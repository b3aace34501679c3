#pragma once
// Where ssh goes: a name that can be no option and no command.

#include <cstdint>
#include <string>
#include <string_view>

namespace rbee::pool {

/// A host name, an address, or an alias of ~/.ssh/config, with or without "user@". Only parse_ssh_target() makes it, so
/// that whoever holds one may put it on ssh's command line.
class SshTarget {
 public:
  /// Empty: ssh's choice.
  const std::string& user() const { return user_; }
  const std::string& host() const { return host_; }
  /// "user@host" or "host".
  std::string text() const { return user_.empty() ? host_ : user_ + "@" + host_; }

  friend bool operator==(const SshTarget&, const SshTarget&) = default;
  friend SshTarget parse_ssh_target(std::string_view text);

 private:
  SshTarget(std::string_view user, std::string_view host) : user_(user), host_(host) {}
  std::string user_, host_;
};

/// Hosts: 1 to 253 of A-Z a-z 0-9 . _ - : (a name as RFC 1123 or an alias has it, or an address without brackets), the
/// first no '-' and no '.'. Users: 1 to 64 of A-Z a-z 0-9 . _ -, the first no '-'. Anything else, '%', '/', spaces and
/// control characters among it, throws Error{kBadRequest} that shows what is wrong.
SshTarget parse_ssh_target(std::string_view text);

/// The name that a person gives a pool: 1 to 128 of A-Z a-z 0-9 . _ -, the first no '-' and no '.'. Throws
/// Error{kBadRequest}.
std::string_view check_pool_name(std::string_view name);

}  // namespace rbee::pool
