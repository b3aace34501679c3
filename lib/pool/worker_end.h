#pragma once
// Why a worker is gone, as far as its log tells.

#include <filesystem>
#include <string>

#include "pool/worker_spawn.h"
#include "pool/worker_watch.h"

namespace rbee::pool {

/// The message of the last line of level "error" among the last kEndLogLines of the log; empty when there is none.
std::string last_error_of(const std::filesystem::path& log);

/// Of a dead worker: adds what its record or else its log says to the verdict's reason, and keeps it in the record, so
/// that it outlives the log. Does nothing to one that lives. A record that cannot be written stays as it is.
void explain_end(WorkerSighting& worker, const WorkerWorld& world);

}  // namespace rbee::pool
