#pragma once
// The jobs that run now, by id.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace rbee::worker {

class Job;

/// Any thread may call.
class JobRegistry {
 public:
  /// `unique` makes this process's own ids different from another's.
  explicit JobRegistry(std::uint64_t unique) : unique_(unique) {}

  /// Throws HttpError 409 when the job's id is running.
  void add(std::shared_ptr<Job> job);
  /// Does nothing when the id belongs to another job by now.
  void remove(const Job& job);
  /// False when no such job runs.
  bool cancel(const std::string& id);
  void abort_all(const std::string& code, const std::string& message);
  std::size_t size() const;
  /// "<prefix>-<unique>-<count>"
  std::string next_id(const std::string& prefix);

 private:
  const std::uint64_t unique_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;  // guarded by mutex_
  std::uint64_t count_ = 0;                           // guarded by mutex_
};

}  // namespace rbee::worker
