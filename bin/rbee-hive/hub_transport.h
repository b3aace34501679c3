#pragma once
// How this program asks hubs.

#include "pool/download/transport.h"

namespace rbee::hive {

/// HTTP over libcurl, through the proxies that the environment names.
pool::download::TransportFactory hub_transport();

}  // namespace rbee::hive
