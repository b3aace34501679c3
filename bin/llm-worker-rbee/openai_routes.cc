// POST /v1/completions and /v1/chat/completions, GET /v1/models and /v1/models/<id>.

#include <fmt/format.h>

#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "chat_job.h"
#include "completion_job.h"
#include "generation.h"
#include "wire/worker_status.h"
#include "worker.h"

namespace rbee::worker {
namespace {

constexpr std::uint32_t kDefaultCompletionTokens = 16;  // OpenAI's default of the legacy route

void check_model(const Worker& worker, const std::string& name, const engine::Engine& engine) {
  if (worker.serves(name, engine)) return;
  throw net::HttpError({404, "model_not_found",
                        fmt::format("model: '{}' is not served here, '{}' is", name, worker.config.model_id), "model"});
}

engine::GenerateRequest base_request(const wire::OpenAiFields& fields) {
  engine::GenerateRequest out;
  out.sampling = to_params(fields.sampling);
  out.stop = fields.stop;
  out.ignore_eos = fields.ignore_eos;
  return out;
}

void chat(Worker& worker, const net::HttpRequest& http, std::shared_ptr<net::Reply> reply) {
  const JobContext context = worker.job_context();
  const wire::ChatRequest request = wire::parse_chat_request(http.body);
  check_model(worker, request.common.model, context.engine);
  engine::GenerateRequest generate = base_request(request.common);
  generate.prompt = chat_tokens(context.engine, request.messages);
  const std::uint32_t model_context = context.engine.model().context;
  generate.max_tokens =
      max_tokens({generate.prompt.size(), request.max_tokens, model_context, model_context}, "messages");
  generate.logprobs = request.logprobs;
  std::vector<engine::GenerateRequest> requests;
  requests.push_back(std::move(generate));
  std::make_shared<ChatJob>(context, worker.jobs.next_id("chatcmpl"), std::move(reply), request, worker.config.model_id)
      ->start(std::move(requests));
}

// The prompt as text: what echo gives back.
std::string prompt_text(const engine::Engine& engine, const wire::Prompt& prompt,
                        const std::vector<engine::TokenId>& ids) {
  const auto* text = std::get_if<std::string>(&prompt);
  return text != nullptr ? *text : engine.detokenize(ids, false);
}

void complete(Worker& worker, const net::HttpRequest& http, std::shared_ptr<net::Reply> reply) {
  const JobContext context = worker.job_context();
  const wire::CompletionRequest request = wire::parse_completion_request(http.body);
  check_model(worker, request.common.model, context.engine);
  std::vector<engine::GenerateRequest> requests;
  std::vector<CompletionJob::Echo> echoes;
  for (std::size_t i = 0; i < request.prompts.size(); ++i) {
    engine::GenerateRequest generate = base_request(request.common);
    generate.prompt = prompt_tokens(context.engine, request.prompts[i]);
    const std::string param = request.prompts.size() == 1 ? "prompt" : fmt::format("prompt[{}]", i);
    generate.max_tokens = max_tokens(
        {generate.prompt.size(), request.max_tokens, kDefaultCompletionTokens, context.engine.model().context}, param);
    generate.logprobs = request.logprobs;
    if (request.echo) {
      if (generate.prompt.empty())
        throw net::HttpError({400, "bad_request", param + ": the prompt has no tokens", param});
      echoes.push_back({prompt_text(context.engine, request.prompts[i], generate.prompt), generate.prompt.front()});
      // Without any token to generate, reading the prompt is what is asked for.
      if (request.logprobs || generate.max_tokens == 0) generate.prompt_logprobs = request.logprobs.value_or(0);
    }
    requests.push_back(std::move(generate));
  }
  std::make_shared<CompletionJob>(context, worker.jobs.next_id("cmpl"), std::move(reply), request,
                                  worker.config.model_id, std::move(echoes))
      ->start(std::move(requests));
}

std::int64_t created(const Worker& worker) {
  return std::chrono::system_clock::to_time_t(worker.started_wall);
}

void models(Worker& worker, net::Reply& reply) {
  const std::string id = worker.slot.loaded() != nullptr ? worker.config.model_id : "";
  net::HttpResponse response;
  response.body = json_line(wire::models_to_json(id, created(worker)));
  reply.send(std::move(response));
}

void model(Worker& worker, const net::HttpRequest& request, net::Reply& reply) {
  const JobContext context = worker.job_context();
  check_model(worker, request.path_params.at("model"), context.engine);
  net::HttpResponse response;
  response.body = json_line(wire::model_to_json(worker.config.model_id, created(worker)));
  reply.send(std::move(response));
}

}  // namespace

void add_openai_routes(net::Router& router, Worker& worker) {
  router.add({.method = "POST",
              .path = "/v1/chat/completions",
              .handler = [&worker](const net::HttpRequest& request, std::shared_ptr<net::Reply> reply) {
                chat(worker, request, std::move(reply));
              }});
  router.add({.method = "POST",
              .path = "/v1/completions",
              .handler = [&worker](const net::HttpRequest& request, std::shared_ptr<net::Reply> reply) {
                complete(worker, request, std::move(reply));
              }});
  router.add({.method = "GET",
              .path = "/v1/models",
              .run_on = net::RunOn::kIo,
              .handler = [&worker](const net::HttpRequest&, const std::shared_ptr<net::Reply>& reply) {
                models(worker, *reply);
              }});
  router.add({.method = "GET",
              .path = "/v1/models/{model}",
              .run_on = net::RunOn::kIo,
              .handler = [&worker](const net::HttpRequest& request, const std::shared_ptr<net::Reply>& reply) {
                model(worker, request, *reply);
              }});
}

}  // namespace rbee::worker
