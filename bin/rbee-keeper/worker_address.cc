#include "worker_address.h"

#include <fmt/format.h>

namespace rbee::keeper {

Reach reach_of(std::string_view host) {
  if (host == "localhost" || host == "::1" || host.starts_with("127.")) return Reach::kLoopback;
  if (host.empty() || host == "0.0.0.0" || host == "::") return Reach::kEverywhere;
  return Reach::kAddress;
}

std::string http_origin(std::string_view host, std::uint16_t port) {
  const bool is_ipv6 = host.find(':') != std::string_view::npos;
  return is_ipv6 ? fmt::format("http://[{}]:{}", host, port) : fmt::format("http://{}:{}", host, port);
}

}  // namespace rbee::keeper
