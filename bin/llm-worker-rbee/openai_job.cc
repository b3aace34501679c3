#include "openai_job.h"

#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "net/sse_format.h"
#include "wire/error_body.h"

namespace rbee::worker {

namespace json = boost::json;

OpenAiJob::OpenAiJob(const JobContext& context, std::string id, std::shared_ptr<net::Reply> reply, Form form)
    : Job(context, std::move(id), std::move(reply)),
      form_(form),
      created_(std::chrono::system_clock::to_time_t(context.clock.wall_now())) {}

void OpenAiJob::send_data(const json::object& data) {
  reply().write(net::sse_event("", json_line(data)));
}

void OpenAiJob::send_whole(const json::object& answer) {
  net::HttpResponse response;
  response.body = json_line(answer);
  reply().send(std::move(response));
}

void OpenAiJob::send_done() {
  reply().write(net::sse_event("", "[DONE]"));
  reply().finish();
}

void OpenAiJob::begin_answer() {
  if (streams()) reply().start_events();
}

void OpenAiJob::fail_answer(const std::string& code, const std::string& message) {
  const int status = code == "cancelled" ? 499 : code == "shutting_down" ? 503 : 500;
  const json::object body = wire::error_to_json({code, message, ""}, status);
  if (streams()) {
    send_data(body);
    reply().finish();
    return;
  }
  net::HttpResponse response;
  response.status = status;
  response.body = json_line(body);
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  reply().send(std::move(response));
}

}  // namespace rbee::worker
