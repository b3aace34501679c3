#pragma once
// One request to a worker, from its text to its last event.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "wire/execute_event.h"
#include "wire/execute_request.h"

namespace rbee::keeper {

/// A worker as it is reached from here.
struct WorkerEndpoint {
  std::string origin;  ///< "http://127.0.0.1:8000"
  std::optional<std::string> api_key;
};

struct ExecutionOutcome {
  bool cancelled = false;  ///< by `stops_now`; then there is no end
  std::string text;        ///< all of it
  wire::EndEvent end;
  std::optional<wire::MetricsEvent> metrics;
  double first_token_seconds = 0;  ///< from the request to the first text; 0: there was none
};

struct ExecutionWatch {
  std::function<void(std::string_view)> on_text;  ///< as it comes; UTF-8
  std::function<bool()> stops_now;                ///< asked with every event, and once a second
};

/// Posts the request, whose job_id is set, to /execute. Once stops_now() says so, the job is cancelled on the worker.
/// Throws Error: kBadRequest (the worker refuses the request), kUnavailable (not reached, or it takes none now), kIo
/// (an error event, a broken stream).
ExecutionOutcome execute(const WorkerEndpoint& worker, const wire::ExecuteRequest& request,
                         const ExecutionWatch& watch);

}  // namespace rbee::keeper
