#include "pool/worker_records.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/json_text.h"
#include "base/printable.h"
#include "pool/ids.h"
#include "pool/limits.h"
#include "wire/pool/limits.h"

namespace rbee::pool {

namespace fs = std::filesystem;

std::vector<wire::WorkerRecord> WorkerRecords::list(std::vector<std::string>* damaged) const {
  std::vector<wire::WorkerRecord> records;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, error)) {
    const fs::path& path = entry.path();
    if (path.extension() != ".json" || !is_id(path.stem().string()) || records.size() >= kWorkerRecordsMax) continue;
    try {
      if (auto record = find(path.stem().string())) records.push_back(std::move(*record));
    } catch (const Error& failure) {
      if (damaged != nullptr) damaged->push_back(failure.what());
    }
  }
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.worker_id < b.worker_id; });
  return records;
}

std::optional<wire::WorkerRecord> WorkerRecords::find(std::string_view id) const {
  const fs::path path = file(id);
  std::string text;
  try {
    text = read_file(path, wire::kWorkerRecordBytesMax);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kNotFound) return std::nullopt;
    throw;
  }
  wire::WorkerRecord record = wire::parse_worker_record(text, path.string());
  if (record.worker_id != id) {
    fail(ErrorKind::kBadFile, "{}: worker_id is \"{}\", expected \"{}\"", path.string(), printable(record.worker_id),
         id);
  }
  return record;
}

void WorkerRecords::write(const wire::WorkerRecord& record) const {
  fs::create_directories(folder_);
  write_file_atomically(file(record.worker_id), json_text(to_json(record)));
}

void WorkerRecords::remove(std::string_view id) const {
  std::error_code error;
  fs::remove(file(id), error);
  if (error) fail(ErrorKind::kIo, "{}: cannot delete: {}", file(id).string(), error.message());
}

}  // namespace rbee::pool
