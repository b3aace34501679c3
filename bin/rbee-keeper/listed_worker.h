#pragma once
// The workers of a pool, and which of them is asked.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::keeper {

/// One entry of `rbee-hive worker list --json`.
struct ListedWorker {
  std::string id, model, backend, state;
  std::string host;  ///< the address it listens on over there
  std::uint16_t port = 0;
};

/// Throws Error{kBadFile} when the text is not what rbee-hive prints. Fields that are not needed are skipped.
std::vector<ListedWorker> parse_worker_list(std::string_view json, std::string_view pool);

/// What is looked for; empty fields fit every worker.
struct WorkerQuery {
  std::string model, backend, id;
};

/// The worker that answers now: a ready one before a busy one, then the first by id. Throws Error: kNotFound with the
/// command that starts one, kUnavailable when it is there but loading, draining, dead or unreachable.
const ListedWorker& choose_worker(const std::vector<ListedWorker>& workers, const WorkerQuery& query,
                                  std::string_view pool);

}  // namespace rbee::keeper
