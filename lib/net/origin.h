#pragma once
// Guards of a server on loopback against web pages: DNS rebinding (Host) and cross-site requests (Origin).

#include <optional>
#include <string>
#include <string_view>

namespace rbee::net {

/// Whether `address` (as given to bind: an IP literal or "localhost") is reachable from this machine alone.
bool is_loopback(std::string_view address);

/// Whether a request that carries `host` (the Host field: name or IP, optional port) may talk to a server bound to
/// `bound`. On loopback only localhost, 127.0.0.1, [::1] and the bound address itself; elsewhere any.
bool host_allowed(std::string_view host, std::string_view bound);

/// Whether a changing request with this Origin may be served: none (not a browser), or the page's own server.
bool origin_allowed(std::optional<std::string_view> origin, std::string_view host);

}  // namespace rbee::net
