#include "test/worker_lease.h"

#include "base/error.h"
#include "base/printable.h"
#include "base/random.h"

namespace rbee::keeper {

namespace f = matrix::figure;

namespace {

// What stays behind is the pool's to show: there is nobody left to tell.
void stop_quietly(PoolClient& pool, const std::string& id) {
  try {
    pool.stop(id);
  } catch (const std::exception&) {
  }
}

}  // namespace

WorkerLease::WorkerLease(PoolClient& pool, const std::string& backend, const std::string& model,
                         const std::vector<std::string>& more_flags)
    : pool_(pool), id_("rbee-test-" + backend + "-" + random_hex(4)) {
  try {
    worker_ = pool_.spawn(backend, model, id_, more_flags);
    origin_ = pool_.origin(worker_);
  } catch (const std::exception&) {
    stop_quietly(pool_, id_);  // it may be loading still
    throw;
  }
}

WorkerLease::~WorkerLease() {
  if (!stopped_) stop_quietly(pool_, id_);
}

std::vector<std::string> WorkerLease::log() const {
  try {
    return pool_.log(id_);
  } catch (const std::exception&) {
    return {};
  }
}

matrix::CheckRecord WorkerLease::stop(WorkerClient& client) {
  matrix::CheckRecord record = matrix::made(matrix::Check::kStop);
  const std::string outcome = pool_.stop(id_);
  stopped_ = true;
  record.set(f::kProcessLeft, outcome == "stopped" ? 0 : 1);
  if (outcome != "stopped") record.note = "it was " + printable(outcome, 40);
  record.set(f::kPortLeft, 0);
  try {
    client.health();
    record.set(f::kPortLeft, 1);
  } catch (const std::exception&) {  // nobody answers: free
  }
  return record;
}

}  // namespace rbee::keeper
