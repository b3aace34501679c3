#pragma once
// Stopping workers.

#include <chrono>

#include "pool/worker_spawn.h"

namespace rbee::pool {

enum class StopOutcome : std::uint8_t {
  kStopped,      ///< ended by itself after SIGTERM
  kKilled,       ///< had to be killed after the deadline
  kAlreadyDead,  ///< the record's process was gone; only the record was there
};

/// Returns when the process is gone, its port free and its record removed. A process that merely has the record's pid
/// is never signalled. Throws Error{kIo} when the process cannot be signalled, or stays even after SIGKILL.
StopOutcome stop_worker(const wire::WorkerRecord& record, const WorkerWorld& world, std::chrono::milliseconds deadline);

}  // namespace rbee::pool
