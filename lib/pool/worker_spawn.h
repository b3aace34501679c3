#pragma once
// Starting a worker and waiting until it is ready.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "pool/memory_estimate.h"
#include "pool/pool_paths.h"
#include "pool/worker_watch.h"
#include "wire/pool/worker_record.h"

namespace rbee::pool {

/// What to start. Ids, backend and gpu are checked.
struct SpawnRequest {
  std::string backend;
  std::string model_id;
  std::filesystem::path model_path;
  std::uint32_t gpu = 0;
  std::string worker_id;  ///< empty: worker-<backend>-<gpu>
  /// Nothing: 8000 + gpu. 0: the first free one from there.
  std::optional<std::uint16_t> port;
  std::string host = "127.0.0.1";
  std::uint32_t context = 0;                ///< 0: the worker's choice
  std::vector<std::string> more_arguments;  ///< for the worker program, after the others
  std::filesystem::path program;            ///< the worker program
};

/// What the pool gives to spawning and stopping. The referenced things outlive it.
struct WorkerWorld {
  const PoolPaths& paths;
  const Environment& environment;
  const Clock& clock;
  HttpGet get;
  std::string version;  ///< of this program, for the record
};

/// Throws Error{kExhausted} "<model> on <backend> needs 15.2 GB (…), 8.1 GB of memory are available". `available` 0:
/// not known, everything fits.
void check_fit(const SpawnRequest& request, const MemoryEstimate& estimate, std::uint64_t available);

/// Starts the worker detached, with its own log, and writes its record. Throws Error: kUnavailable when the id is alive
/// or the port is taken, saying by whom (pid, model); kNotFound (no worker program); kIo.
wire::WorkerRecord start_worker(const SpawnRequest& request, const WorkerWorld& world);

/// Called at every look at a loading worker.
using LoadWatcher = std::function<void(const wire::WorkerReadiness&)>;

/// Waits until the worker answers as ready: the record's own process, by nonce and pid. Throws Error{kUnavailable} with
/// the last lines of its log when it ended, when it made no progress for `stall`, or when another program answers on
/// its port; a worker that ended loses its record, and one that stalled is killed.
wire::WorkerReadiness wait_until_ready(const wire::WorkerRecord& record, const WorkerWorld& world,
                                       std::chrono::seconds stall, const LoadWatcher& watcher);

/// After a failed wait_until_ready(): whether another pool's worker took the port between its choice and the worker's
/// listening, where the request left it to choose (port 0). Then start_worker() may choose again.
bool lost_its_port(const SpawnRequest& request, const wire::WorkerRecord& record);

}  // namespace rbee::pool
