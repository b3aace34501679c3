#pragma once
// Flags that infer and chat share: which worker is asked, and how it chooses tokens.

#include <cstdint>
#include <string>
#include <vector>

#include "execution.h"
#include "keeper.h"
#include "listed_worker.h"
#include "pool_link.h"

namespace CLI {
class App;
}

namespace rbee::keeper {

struct GenerationFlags {
  WorkerQuery worker;
  std::string api_key_file;
  wire::SamplingFields sampling;
  std::uint32_t max_tokens = 0;  ///< 0: the worker's choice
  std::vector<std::string> stop;
};

void add_generation_flags(CLI::App& command, GenerationFlags& flags);

/// A worker on a pool, reached.
struct ChosenWorker {
  ListedWorker listed;
  WorkerEndpoint endpoint;
};

/// Asks the pool for its workers, chooses one and opens the way to it, which lives as long as `link`. Throws Error as
/// choose_worker() and PoolSession, and kBadRequest when neither model nor worker is named.
ChosenWorker reach_worker(const Keeper& keeper, PoolLink& link, const GenerationFlags& flags);

/// A request with a fresh job id and everything but its prompt. Throws Error{kBadRequest} where a value is out of
/// range.
wire::ExecuteRequest make_request(const GenerationFlags& flags);
/// Throws Error{kBadRequest}, naming the field, when a worker would refuse it.
void check_request(const wire::ExecuteRequest& request);

/// "12 tokens, 85.3 tokens/s, first after 0.12 s, EOS".
std::string metrics_text(const ExecutionOutcome& outcome);

/// `text` as a terminal may get it: control characters but line feeds and tabs as \xNN.
std::string terminal_text(std::string_view text);

}  // namespace rbee::keeper
