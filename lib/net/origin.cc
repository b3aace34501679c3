#include "net/origin.h"

#include <algorithm>

namespace rbee::net {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

// "name:port" or "[v6]:port" without the port and the brackets; empty when malformed.
std::string host_name(std::string_view host) {
  if (host.empty()) return {};
  std::string_view name = host, port;
  if (host[0] == '[') {
    const std::size_t close = host.find(']');
    if (close == std::string_view::npos) return {};
    name = host.substr(1, close - 1);
    port = host.substr(close + 1);
  } else if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    port = host.substr(colon);
  }
  if (!port.empty() && (port[0] != ':' || port.find_first_not_of("0123456789", 1) != std::string_view::npos)) return {};
  return lower(name);
}

}  // namespace

bool is_loopback(std::string_view address) {
  if (address == "localhost" || address == "::1") return true;
  // 127.0.0.0/8, RFC 1122 section 3.2.1.3. Only literals come here, so a name like "127.evil.example" is excluded too.
  return address.substr(0, 4) == "127." && address.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool host_allowed(std::string_view host, std::string_view bound) {
  if (!is_loopback(bound)) return true;
  const std::string name = host_name(host);
  return name == "localhost" || name == "127.0.0.1" || name == "::1" || name == lower(bound);
}

bool origin_allowed(std::optional<std::string_view> origin, std::string_view host) {
  if (!origin) return true;
  const std::string own = lower(host);
  return !own.empty() && (lower(*origin) == "http://" + own || lower(*origin) == "https://" + own);
}

}  // namespace rbee::net
