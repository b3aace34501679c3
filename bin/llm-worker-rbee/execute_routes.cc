// POST /execute, DELETE /execute/<job_id>, POST /cancel.

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "execute_job.h"
#include "generation.h"
#include "wire/execute_request.h"
#include "worker.h"

namespace rbee::worker {
namespace {

constexpr std::uint32_t kDefaultMaxTokens = 256;

void execute(Worker& worker, const net::HttpRequest& http, std::shared_ptr<net::Reply> reply) {
  const JobContext context = worker.job_context();
  wire::ExecuteRequest request = wire::parse_execute_request(http.body);
  engine::GenerateRequest generate;
  generate.prompt =
      request.prompt ? prompt_tokens(context.engine, *request.prompt) : chat_tokens(context.engine, *request.messages);
  generate.max_tokens =
      max_tokens({generate.prompt.size(), request.max_tokens, kDefaultMaxTokens, context.engine.model().context},
                 request.prompt ? "prompt" : "messages");
  generate.sampling = to_params(request.sampling);
  generate.stop = std::move(request.stop);
  generate.ignore_eos = request.ignore_eos;
  std::string id = request.job_id.empty() ? worker.jobs.next_id("job") : std::move(request.job_id);
  std::vector<engine::GenerateRequest> requests;
  requests.push_back(std::move(generate));
  std::make_shared<ExecuteJob>(context, std::move(id), std::move(reply), worker.config.model_id)
      ->start(std::move(requests));
}

void cancel(Worker& worker, const std::string& job_id, net::Reply& reply) {
  if (!worker.jobs.cancel(job_id)) {
    throw net::HttpError({404, "not_found", "job_id: no such job is running", "job_id"});
  }
  boost::json::object out;
  out["job_id"] = job_id;
  out["cancelled"] = true;
  net::HttpResponse response;
  response.body = json_line(out);
  reply.send(std::move(response));
}

}  // namespace

void add_execute_routes(net::Router& router, Worker& worker) {
  router.add({.method = "POST",
              .path = "/execute",
              .handler = [&worker](const net::HttpRequest& request, std::shared_ptr<net::Reply> reply) {
                execute(worker, request, std::move(reply));
              }});
  router.add({.method = "DELETE",
              .path = "/execute/{job_id}",
              .run_on = net::RunOn::kIo,
              .handler = [&worker](const net::HttpRequest& request, const std::shared_ptr<net::Reply>& reply) {
                cancel(worker, request.path_params.at("job_id"), *reply);
              }});
  router.add({.method = "POST",
              .path = "/cancel",
              .handler = [&worker](const net::HttpRequest& request, const std::shared_ptr<net::Reply>& reply) {
                cancel(worker, wire::parse_cancel_request(request.body), *reply);
              }});
}

}  // namespace rbee::worker
