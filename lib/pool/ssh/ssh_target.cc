#include "pool/ssh/ssh_target.h"

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"

namespace rbee::pool {
namespace {

constexpr std::size_t kHostBytesMax = 253;  // RFC 1035, 2.3.4: 255 octets on the wire
constexpr std::size_t kUserBytesMax = 64;
constexpr std::size_t kNameBytesMax = 128;
constexpr std::size_t kShownBytesMax = 60;

constexpr std::string_view kWordCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

// `what` is "host name" or "user name".
void check_part(std::string_view part, std::string_view whole, std::string_view what, std::string_view more_characters,
                std::size_t bytes_max) {
  const std::string shown = printable(whole, kShownBytesMax);
  if (part.empty()) fail(ErrorKind::kBadRequest, "'{}': the {} is empty", shown, what);
  if (part.size() > bytes_max) {
    fail(ErrorKind::kBadRequest, "'{}': the {} has {} bytes, at most {} are allowed", shown, what, part.size(),
         bytes_max);
  }
  if (part.front() == '-' || part.front() == '.') {
    fail(ErrorKind::kBadRequest, "'{}': a {} does not start with '{}'", shown, what, part.front());
  }
  const auto is_odd = [=](char c) {
    return kWordCharacters.find(c) == std::string_view::npos && more_characters.find(c) == std::string_view::npos;
  };
  const auto odd = std::find_if(part.begin(), part.end(), is_odd);
  if (odd != part.end()) {
    fail(ErrorKind::kBadRequest, "'{}': a {} has letters, digits and {}._- only, found '{}'", shown, what,
         more_characters, printable(std::string(1, *odd)));
  }
}

}  // namespace

SshTarget parse_ssh_target(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool has_user = at != std::string_view::npos;
  const std::string_view user = has_user ? text.substr(0, at) : "";
  const std::string_view host = has_user ? text.substr(at + 1) : text;
  if (has_user) check_part(user, text, "user name", "", kUserBytesMax);
  check_part(host, text, "host name", ":", kHostBytesMax);
  return {user, host};
}

std::string_view check_pool_name(std::string_view name) {
  check_part(name, name, "pool name", "", kNameBytesMax);
  return name;
}

}  // namespace rbee::pool
