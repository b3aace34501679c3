#pragma once
// Looking at worker processes and their ports.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/process_info.h"
#include "pool/worker_state.h"

namespace rbee::pool {

/// GET <origin><path>, where the origin is "http://127.0.0.1:8000": the body of whatever answer comes, or nothing.
/// Comes from the program, since this library knows no network; it answers within a few seconds.
using HttpGet = std::function<std::optional<std::string>(const std::string& origin, std::string_view path)>;

/// Where a worker of this machine is asked: the address that it listens on, or loopback when it listens on all.
std::string worker_origin(const wire::WorkerRecord& record);

/// The process that a record means.
ProcessIdentity process_of(const wire::WorkerRecord& record);

/// Looks once.
WorkerSnapshot look_at(const wire::WorkerRecord& record, const HttpGet& get);

/// The state with what was seen, for lists.
struct WorkerSighting {
  wire::WorkerRecord record;
  WorkerSnapshot seen;
  WorkerVerdict verdict;
  ProcessMemory memory;  ///< zeros when dead
};
WorkerSighting sight_worker(const wire::WorkerRecord& record, const HttpGet& get);

}  // namespace rbee::pool
