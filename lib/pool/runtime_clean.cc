#include "pool/runtime_clean.h"

#include "base/error.h"
#include "pool/ids.h"
#include "pool/worker_records.h"
#include "pool/worker_watch.h"

namespace rbee::pool {

namespace fs = std::filesystem;

CleanReport clean_runtime(const fs::path& workers) {
  const WorkerRecords records(workers);
  CleanReport report;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(workers, error)) {
    const fs::path& path = entry.path();
    if (path.extension() != ".log" || !is_id(path.stem().string()) || !entry.is_regular_file()) continue;
    try {
      const auto record = records.find(path.stem().string());
      if (record && is_alive(process_of(*record))) continue;
    } catch (const Error&) {
      continue;  // a record that cannot be read may be that of a live worker
    }
    const std::uint64_t bytes = entry.file_size();
    std::error_code failure;
    if (!fs::remove(path, failure)) fail(ErrorKind::kIo, "{}: cannot delete: {}", path.string(), failure.message());
    report.removed.push_back(path);
    report.bytes += bytes;
  }
  return report;
}

}  // namespace rbee::pool
