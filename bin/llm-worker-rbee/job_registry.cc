#include "job_registry.h"

#include <fmt/format.h>

#include "job.h"
#include "net/http_error.h"

namespace rbee::worker {

void JobRegistry::add(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  const std::string& id = job->id();
  if (jobs_.contains(id)) {
    throw net::HttpError({409, "conflict", fmt::format("job_id: a job named '{}' is running", id), "job_id"});
  }
  jobs_.emplace(id, std::move(job));
}

void JobRegistry::remove(const Job& job) {
  std::shared_ptr<Job> last;  // destroyed after the lock is released
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(job.id());
  if (found == jobs_.end() || found->second.get() != &job) return;
  last = std::move(found->second);
  jobs_.erase(found);
}

bool JobRegistry::cancel(const std::string& id) {
  std::shared_ptr<Job> job;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return false;
    job = found->second;
  }
  job->cancel();
  return true;
}

void JobRegistry::abort_all(const std::string& code, const std::string& message) {
  std::vector<std::shared_ptr<Job>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, job] : jobs_) all.push_back(job);
  }
  for (const std::shared_ptr<Job>& job : all) job->abort(code, message);
}

std::size_t JobRegistry::size() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

std::string JobRegistry::next_id(const std::string& prefix) {
  const std::lock_guard lock(mutex_);
  return fmt::format("{}-{:x}-{}", prefix, unique_, ++count_);
}

}  // namespace rbee::worker
