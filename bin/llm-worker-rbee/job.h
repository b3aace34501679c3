#pragma once
// One generating request from its submission to its last event: what all streaming and whole answers share.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "net/reply.h"
#include "worker_metrics.h"

namespace rbee::worker {

class JobRegistry;

/// What a job works with; everything outlives it.
struct JobContext {
  engine::Engine& engine;
  JobRegistry& registry;
  WorkerMetrics& metrics;
  const Clock& clock;
};

/// Shared by the registry, the engine's sinks and the client's connection. Subclasses only turn events into answers.
class Job : public std::enable_shared_from_this<Job> {
 public:
  Job(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply);
  virtual ~Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  const std::string& id() const { return id_; }

  /// Registers the id, submits the requests (one per choice of the answer) and begins the answer. Throws before
  /// anything was answered: HttpError 409 when the id is running, and what Engine::submit throws; then nothing is left
  /// running.
  void start(std::vector<engine::GenerateRequest> requests);
  /// Ends every request of the job within one token; the answer ends with what there is. Any thread.
  void cancel();
  /// Answers with an error now and cancels. Any thread.
  void abort(const std::string& code, const std::string& message);

 protected:
  // Called with mutex_ held, one at a time; nothing after the last event of the last request.
  virtual void begin_answer() = 0;
  virtual void on_event(std::size_t index, const engine::GenerateEvent& event) = 0;
  virtual void end_answer() = 0;
  virtual void fail_answer(const std::string& code, const std::string& message) = 0;

  net::Reply& reply() { return *reply_; }
  engine::Engine& engine() const { return context_.engine; }
  const Clock& clock() const { return context_.clock; }

 private:
  void handle(std::size_t index, const engine::GenerateEvent& event);
  void observe(const engine::GenerateEvent& event);
  void submit_all(std::vector<engine::GenerateRequest> requests);
  /// With mutex_ held.
  void close();

  const JobContext context_;
  const std::string id_;
  const std::shared_ptr<net::Reply> reply_;  // shared with the connection
  const SteadyTime begun_;

  std::mutex mutex_;
  // Guarded by mutex_:
  bool done_ = false;
  std::size_t open_requests_ = 0;
  SteadyTime last_text_;
  bool had_text_ = false;

  std::mutex ids_mutex_;  // apart from mutex_: cancel() must not wait for an event that is being handled
  // Guarded by ids_mutex_:
  std::vector<engine::RequestId> ids_;
  bool cancelled_ = false;
};

}  // namespace rbee::worker
