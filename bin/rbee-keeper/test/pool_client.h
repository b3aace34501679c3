#pragma once
// What the multi-model test asks of a pool: rbee-hive's verbs with their answers as values.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "matrix/results.h"
#include "pool_session.h"
#include "wire/pool/catalog.h"

namespace rbee::keeper {

struct SpawnedWorker {
  std::string worker_id, host;
  std::uint16_t port = 0;
  double start_seconds = 0;
  std::uint64_t estimate_bytes = 0;
};

/// Every call throws Error: kUnavailable when the pool cannot be reached, the hive's own kind and message when it
/// refuses. Any thread.
class PoolClient {
 public:
  explicit PoolClient(PoolSession& session) : session_(session) {}

  const std::string& name() const { return session_.name(); }
  std::string origin(const SpawnedWorker& worker) { return session_.worker_origin(worker.host, worker.port); }

  /// The machine and its backends; cpu, cuda and vulkan always have an entry.
  matrix::PoolRecord probe();
  wire::Catalog catalog();
  void enroll(const std::string& model);    ///< models register
  void download(const std::string& model);  ///< models download
  /// What is wrong with the model's files; empty when nothing is.
  std::string verify(const std::string& model);
  /// The model's expected.json; nothing when it has none.
  std::optional<boost::json::value> expected(const std::string& model);

  /// `more` are further flags of 'worker spawn'.
  SpawnedWorker spawn(const std::string& backend, const std::string& model, const std::string& worker_id,
                      const std::vector<std::string>& more = {});
  /// "stopped", "killed", "already dead".
  std::string stop(const std::string& worker_id);
  std::vector<std::string> log(const std::string& worker_id);

  /// The document of a command of at least two words, which must succeed.
  boost::json::value ask(std::vector<std::string> arguments, std::chrono::seconds timeout);

 private:
  PoolSession& session_;
};

/// A digest of the model's content from those of its files; empty when one of them has none.
std::string model_digest(const wire::CatalogModel& model);

}  // namespace rbee::keeper
