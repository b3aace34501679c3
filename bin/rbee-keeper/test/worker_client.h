#pragma once
// The questions that the multi-model test asks of one worker.

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "base/clock.h"
#include "matrix/logit_comparison.h"
#include "net/client/http_client.h"
#include "wire/execute_request.h"
#include "wire/worker_status.h"

namespace rbee::keeper {

/// One answer of /execute, whatever came.
struct Answer {
  std::string text;
  std::size_t token_events = 0, ends = 0, errors = 0, invalid_utf8 = 0;
  std::uint32_t tokens_out = 0, prompt_tokens = 0;
  std::string stop_reason;
  std::string problem;  ///< of the error event, or of the refusal
  double ttft_ms = 0;   ///< from sending to the first token event
  double prefill_ms = 0, decode_ms = 0;

  /// The same tokens, as far as a client can see.
  bool same_as(const Answer& other) const;
};

/// How a worker is reached.
struct WorkerAddress {
  std::string origin;   ///< "http://127.0.0.1:8000"
  std::string api_key;  ///< empty: none
};

/// One thread. Every call throws Error: kIo or kUnavailable when the worker does not answer, kIo for a status other
/// than 200 (with its message), kCancelled once `stop` is set.
class WorkerClient {
 public:
  /// `clock` and `stop` outlive this.
  WorkerClient(WorkerAddress address, const Clock& clock, const std::atomic<bool>& stop)
      : address_(std::move(address)), clock_(clock), stop_(stop) {}

  const WorkerAddress& address() const { return address_; }

  wire::WorkerHealth health();
  wire::WorkerReadiness readiness();
  /// False from `on_token` (called after each token event; may be empty) hangs up; the answer then has no end.
  Answer execute(const wire::ExecuteRequest& request, const std::function<bool()>& on_token = {});
  /// False when no such job runs.
  bool cancel(const std::string& job_id);

  wire::TokenIds tokenize(const std::string& text, bool add_special);
  std::string detokenize(const wire::TokenIds& ids);
  /// Throws as the others, and Error{kUnsupported} for a model without a template.
  std::string apply_template(const boost::json::value& messages);

  /// Log-probabilities of `ids` at every position but the first, with the `top` likeliest.
  std::vector<matrix::PositionScore> score(const wire::TokenIds& ids, std::uint32_t top);
  /// The log-probability of each candidate right after `prefix`.
  std::vector<double> continuations(const wire::TokenIds& prefix, const wire::TokenIds& candidates);
  /// A greedy continuation, end tokens ignored, with the `top` likeliest at each place.
  std::vector<matrix::PositionScore> generate(const wire::TokenIds& ids, std::uint32_t max_tokens, std::uint32_t top);

 private:
  net::ClientRequest request(std::string method, const std::string& path, std::string body) const;
  std::string fetch(const net::ClientRequest& request);
  boost::json::value post(const std::string& path, const boost::json::value& body);
  boost::json::value complete(boost::json::object body);
  const std::string& model();

  const WorkerAddress address_;
  const Clock& clock_;
  const std::atomic<bool>& stop_;
  net::HttpClient http_;
  std::string model_;  // as /health names it, once asked
};

}  // namespace rbee::keeper
