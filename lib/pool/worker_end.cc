#include "pool/worker_end.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/file_lock.h"
#include "base/printable.h"
#include "pool/limits.h"
#include "pool/worker_log.h"
#include "pool/worker_records.h"

namespace rbee::pool {
namespace {

constexpr std::string_view kErrorLevel = " error ";  // after the time, as base/log.h writes it

// Under the lock of spawning: another worker may have been started under this id meanwhile, and its record stays.
void keep(const wire::WorkerRecord& record, const WorkerWorld& world) {
  const WorkerRecords records(world.paths.workers());
  try {
    const FileLock lock(records.folder() / "spawn.lock", kLockWait, world.clock);
    const auto newest = records.find(record.worker_id);
    if (newest && process_of(*newest) == process_of(record)) records.write(record);
  } catch (const Error&) {  // a full disk, or a folder of another user: the log still tells
  }
}

}  // namespace

std::string last_error_of(const std::filesystem::path& log) {
  const std::vector<std::string> lines = last_log_lines(log, kEndLogLines);
  const auto has_level = [](const std::string& line) {
    const std::size_t level = line.find(kErrorLevel);
    return level != std::string::npos && level != 0 && level == line.find(' ');
  };
  const auto line = std::find_if(lines.rbegin(), lines.rend(), has_level);
  if (line == lines.rend()) return {};
  return printable(line->substr(line->find(kErrorLevel) + kErrorLevel.size()), kEndReasonBytesMax);
}

void explain_end(WorkerSighting& worker, const WorkerWorld& world) {
  if (worker.verdict.state != WorkerState::kDead) return;
  if (worker.record.end_reason.empty()) {
    worker.record.end_reason = last_error_of(world.paths.worker_log(worker.record.worker_id));
    if (worker.record.end_reason.empty()) return;
    keep(worker.record, world);
  }
  worker.verdict.reason += "; its last error: " + worker.record.end_reason;
}

}  // namespace rbee::pool
