#include "pool/worker_stop.h"

#include <csignal>

#include "base/error.h"
#include "pool/limits.h"
#include "pool/port_check.h"
#include "pool/worker_records.h"

namespace rbee::pool {

StopOutcome stop_worker(const wire::WorkerRecord& record, const WorkerWorld& world,
                        std::chrono::milliseconds deadline) {
  const WorkerRecords records(world.paths.workers());
  const ProcessIdentity process = process_of(record);
  StopOutcome outcome = StopOutcome::kAlreadyDead;
  if (signal_process(process, SIGTERM)) {
    outcome = StopOutcome::kStopped;
    if (!wait_until_gone(process, deadline)) {
      outcome = StopOutcome::kKilled;
      signal_process(process, SIGKILL);
      if (!wait_until_gone(process, kKillDeadline)) {
        fail(ErrorKind::kIo, "worker {}: process {} is still there {} s after SIGKILL", record.worker_id, record.pid,
             kKillDeadline.count());
      }
    }
    wait_until_port_free(record.host, record.port, kPortFreeDeadline);
  }
  // Another worker may have been started under this id meanwhile: its record stays.
  const auto newest = records.find(record.worker_id);
  if (newest && process_of(*newest) == process) records.remove(record.worker_id);
  return outcome;
}

}  // namespace rbee::pool
