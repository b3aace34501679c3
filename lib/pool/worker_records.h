#pragma once
// The files runtime/workers/<id>.json.

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/pool/worker_record.h"

namespace rbee::pool {

/// The records of one folder. Each file is written whole. Any thread.
class WorkerRecords {
 public:
  explicit WorkerRecords(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// All of them, by id. A file that is no record is skipped and named in `damaged`.
  std::vector<wire::WorkerRecord> list(std::vector<std::string>* damaged = nullptr) const;
  /// Nothing when there is none. `id` is a checked id. Throws Error{kBadFile}.
  std::optional<wire::WorkerRecord> find(std::string_view id) const;
  /// Throws Error{kIo, kExhausted}.
  void write(const wire::WorkerRecord& record) const;
  void remove(std::string_view id) const;

  std::filesystem::path file(std::string_view id) const { return folder_ / (std::string(id) + ".json"); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace rbee::pool
