#pragma once
// A worker of the test's own: started with an id that nobody else uses, and stopped whatever happens.

#include <string>
#include <vector>

#include "matrix/check.h"
#include "test/pool_client.h"
#include "test/worker_client.h"

namespace rbee::keeper {

class WorkerLease {
 public:
  /// Returns when the worker is ready. Throws what PoolClient::spawn() throws; nothing runs then.
  WorkerLease(PoolClient& pool, const std::string& backend, const std::string& model,
              const std::vector<std::string>& more_flags = {});
  ~WorkerLease();
  WorkerLease(const WorkerLease&) = delete;
  WorkerLease& operator=(const WorkerLease&) = delete;

  const SpawnedWorker& worker() const { return worker_; }
  const std::string& origin() const { return origin_; }
  /// The end of its log; empty when it cannot be had.
  std::vector<std::string> log() const;
  /// Stops it; afterwards the process is gone and the port free, or the record says what is left.
  matrix::CheckRecord stop(WorkerClient& client);

 private:
  PoolClient& pool_;
  const std::string id_;
  SpawnedWorker worker_;
  std::string origin_;
  bool stopped_ = false;
};

}  // namespace rbee::keeper
