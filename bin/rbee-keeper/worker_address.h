#pragma once
// Addresses that workers listen on, as others reach them.

#include <cstdint>
#include <string>
#include <string_view>

namespace rbee::keeper {

/// Whether an address that a server listens on is reachable from where.
enum class Reach {
  kLoopback,    ///< 127.0.0.0/8, ::1, localhost: that machine only
  kEverywhere,  ///< 0.0.0.0, ::: at any of the machine's addresses
  kAddress,     ///< at this one
};
Reach reach_of(std::string_view host);

/// "http://host:port", with brackets around IPv6.
std::string http_origin(std::string_view host, std::uint16_t port);

}  // namespace rbee::keeper
