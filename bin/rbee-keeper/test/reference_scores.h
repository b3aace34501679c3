#pragma once
// What the `reference` backend says of a model: computed once per model and kept.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "matrix/check.h"
#include "matrix/logit_comparison.h"
#include "test/worker_checks.h"
#include "test/worker_client.h"

namespace rbee::keeper {

struct ReferenceScores {
  wire::TokenIds ids;                         ///< of the corpus, as far as the work budget goes
  std::vector<matrix::PositionScore> scores;  ///< of ids, one per id
  wire::TokenIds opening;
  std::vector<matrix::PositionScore> greedy;  ///< the continuation of `opening`
};

/// Asks a worker that runs the reference backend.
ReferenceScores compute_reference(WorkerClient& worker, std::uint64_t parameters);

/// The worker under test against it.
matrix::CheckRecord check_logits(WorkerClient& worker, const ReferenceScores& reference);
matrix::CheckRecord check_greedy(WorkerClient& worker, const ReferenceScores& reference);

/// Kept as <folder>/<digest>.json, with the versions of corpus and program inside. Any thread.
class ReferenceCache {
 public:
  explicit ReferenceCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Nothing when there is none, it is of another version, or it cannot be read.
  std::optional<ReferenceScores> find(const std::string& digest, const std::string& version) const;
  /// Throws Error{kIo, kExhausted}.
  void keep(const std::string& digest, const std::string& version, const ReferenceScores& scores) const;

 private:
  const std::filesystem::path folder_;
};

/// Sets the figures of a comparison.
void set_comparison(matrix::CheckRecord& record, const matrix::LogitComparison& comparison);

}  // namespace rbee::keeper
