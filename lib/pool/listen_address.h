#pragma once
// Where a worker listens when nobody says.

#include <string>

#include "base/environment.h"
#include "pool/pool_config.h"

namespace rbee::pool {

/// Whether requests to a worker must carry a key.
enum class WorkerAccess { kOpen, kKeyOrDeclaredOpen };

/// `worker_host` of the configuration. Without one, the address at which the operator's ssh reached this machine
/// (SSH_CONNECTION: client address and port, server address and port), because that is where the worker will be looked
/// for: when it is a loopback address, or when access was settled. Otherwise 127.0.0.1.
std::string default_listen_address(const PoolConfig& config, const Environment& environment, WorkerAccess access);

}  // namespace rbee::pool
