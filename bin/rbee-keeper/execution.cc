#include "execution.h"

#include <chrono>

#include "base/error.h"
#include "base/json_text.h"
#include "base/printable.h"
#include "net/client/http_client.h"
#include "net/sse_parser.h"
#include "wire/error_body.h"

namespace rbee::keeper {
namespace {

constexpr std::chrono::seconds kCancelTimeout{5};
constexpr std::uint64_t kErrorBodyBytesMax = 1_MiB;

net::ClientRequest to_worker(const WorkerEndpoint& worker, std::string method, const std::string& path) {
  net::ClientRequest request;
  request.method = std::move(method);
  request.url = worker.origin + path;
  if (worker.api_key) request.headers.emplace_back("Authorization", "Bearer " + *worker.api_key);
  return request;
}

// The worker may be gone, or the job at its end: then there is nothing left to cancel.
void cancel(const WorkerEndpoint& worker, const std::string& job_id) {
  net::ClientRequest request = to_worker(worker, "DELETE", "/execute/" + net::url_encoded(job_id));
  request.total_timeout = kCancelTimeout;
  try {
    net::HttpClient().fetch(request);
  } catch (const Error&) {  // closing the stream, which comes next, cancels as well
  }
}

[[noreturn]] void fail_status(const WorkerEndpoint& worker, int status, std::string_view body) {
  if (status == 401) {
    fail(ErrorKind::kBadRequest, "{} wants an API key: give --api-key-file FILE, or set RBEE_API_KEY", worker.origin);
  }
  const wire::ErrorBody error = wire::error_from_json(body);
  const std::string message =
      error.message.empty() ? fmt::format("HTTP status {}", status) : printable(error.message, 1000);
  fail(status >= 500 || status == 429 ? ErrorKind::kUnavailable : ErrorKind::kBadRequest, "{}: {}", worker.origin,
       message);
}

// The events of one stream, and what becomes of them.
class EventReader {
 public:
  explicit EventReader(const ExecutionWatch& watch) : watch_(watch) {}

  void take(std::string_view bytes) {
    parser_.feed(bytes, [this](const net::SseEvent& event) {
      std::visit([this](const auto& record) { on(record); }, wire::parse_execute_event(event.data));
    });
  }
  bool ended() const { return ended_; }
  ExecutionOutcome outcome;

 private:
  void on(const wire::StartedEvent&) {}
  void on(const wire::TokenEvent& token) {
    if (outcome.text.empty()) {
      outcome.first_token_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    }
    outcome.text += token.t;
    if (watch_.on_text) watch_.on_text(token.t);
  }
  void on(const wire::MetricsEvent& metrics) { outcome.metrics = metrics; }
  void on(const wire::EndEvent& end) {
    outcome.end = end;
    ended_ = true;
  }
  [[noreturn]] void on(const wire::ErrorEvent& error) {
    fail(ErrorKind::kIo, "the worker failed: {} ({})", printable(error.message, 1000), printable(error.code));
  }

  const ExecutionWatch& watch_;
  net::SseParser parser_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  bool ended_ = false;
};

}  // namespace

ExecutionOutcome execute(const WorkerEndpoint& worker, const wire::ExecuteRequest& request,
                         const ExecutionWatch& watch) {
  net::ClientRequest post = to_worker(worker, "POST", "/execute");
  post.headers.emplace_back("Content-Type", "application/json");
  post.body = json_text(to_json(request));
  post.stall_timeout = std::chrono::seconds(60);  // the worker writes a comment every ten seconds
  EventReader events(watch);
  int status = 0;
  std::string error_body;
  net::ResponseReceiver receiver;
  receiver.on_head = [&](const net::ResponseHead& head) {
    status = head.status;
    return net::Flow::kContinue;
  };
  receiver.on_body = [&](std::string_view piece) {
    if (status == 200) {
      events.take(piece);
    } else if (error_body.size() + piece.size() <= kErrorBodyBytesMax) {
      error_body.append(piece);
    }
    return net::Flow::kContinue;
  };
  receiver.on_wait = [&] {
    if (!watch.stops_now || !watch.stops_now()) return net::Flow::kContinue;
    cancel(worker, request.job_id);
    events.outcome.cancelled = true;
    return net::Flow::kStop;
  };
  try {
    net::HttpClient().send(post, receiver);
  } catch (const Error&) {
    if (events.outcome.cancelled) return std::move(events.outcome);
    if (!events.ended()) throw;
  }
  if (status != 200) fail_status(worker, status, error_body);
  if (!events.ended()) fail(ErrorKind::kIo, "{}: the answer broke off before its end", worker.origin);
  return std::move(events.outcome);
}

}  // namespace rbee::keeper
