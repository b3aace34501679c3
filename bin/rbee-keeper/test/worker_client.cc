#include "test/worker_client.h"

#include <variant>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/json_text.h"
#include "base/printable.h"
#include "base/utf8.h"
#include "net/sse_parser.h"
#include "test/limits.h"
#include "wire/execute_event.h"

namespace rbee::keeper {

namespace json = boost::json;
using matrix::PositionScore;

namespace {

constexpr JsonLimits kFromWorker = {.error_kind = ErrorKind::kIo};

// What an error body says, or its beginning.
std::string message_of(const std::string& body) {
  try {
    const json::value document = parse_json(body, "answer", kFromWorker);
    return printable(std::string_view(document.at("error").at("message").as_string()));
  } catch (const std::exception&) {
    return printable(body);
  }
}

[[noreturn]] void not_as_expected(const std::string& path, const std::exception& error) {
  fail(ErrorKind::kIo, "{}: the answer is not in the expected form: {}", path, error.what());
}

wire::TokenIds ids_of(const json::value& document, const char* name) {
  wire::TokenIds ids;
  for (const json::value& id : document.at(name).as_array()) ids.push_back(id.to_number<std::int32_t>());
  return ids;
}

json::array to_json(const wire::TokenIds& ids) {
  return json::array(ids.begin(), ids.end());
}

// The legacy log-probability form: lists side by side.
std::vector<PositionScore> scores_of(const json::value& choice) {
  const json::object& logprobs = choice.at("logprobs").as_object();
  const json::array& tokens = logprobs.at("tokens").as_array();
  const json::array& tops = logprobs.at("top_logprobs").as_array();
  std::vector<PositionScore> out;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    PositionScore score;
    score.token = std::string_view(tokens[i].as_string());
    if (const json::object* top = tops.at(i).if_object()) {
      for (const auto& [token, logprob] : *top) score.top.push_back({token, logprob.to_number<double>()});
    }
    out.push_back(std::move(score));
  }
  return out;
}

void take(const wire::ExecuteEvent& event, double elapsed_ms, Answer& answer) {
  if (const auto* token = std::get_if<wire::TokenEvent>(&event)) {
    if (answer.token_events == 0) answer.ttft_ms = elapsed_ms;
    ++answer.token_events;
    if (find_invalid_utf8(token->t) != std::string_view::npos) ++answer.invalid_utf8;
    answer.text += token->t;
  } else if (const auto* end = std::get_if<wire::EndEvent>(&event)) {
    ++answer.ends;
    answer.tokens_out = end->tokens_out;
    answer.prompt_tokens = end->prompt_tokens;
    answer.stop_reason = end->stop_reason;
    answer.prefill_ms = end->prefill_ms;
    answer.decode_ms = end->decode_time_ms;
  } else if (const auto* error = std::get_if<wire::ErrorEvent>(&event)) {
    ++answer.errors;
    answer.problem = printable(error->message);
  }
}

}  // namespace

bool Answer::same_as(const Answer& other) const {
  return text == other.text && tokens_out == other.tokens_out && stop_reason == other.stop_reason &&
         ends == other.ends && errors == other.errors;
}

net::ClientRequest WorkerClient::request(std::string method, const std::string& path, std::string body) const {
  net::ClientRequest out;
  out.method = std::move(method);
  out.url = address_.origin + path;
  out.body = std::move(body);
  out.headers = {{"Content-Type", "application/json"}};
  if (!address_.api_key.empty()) out.headers.emplace_back("Authorization", "Bearer " + address_.api_key);
  out.total_timeout = kWorkerAnswer;
  out.stall_timeout = std::chrono::seconds(0);
  return out;
}

std::string WorkerClient::fetch(const net::ClientRequest& request) {
  std::string body;
  const net::ResponseReceiver receiver = {.on_body =
                                              [&](std::string_view piece) {
                                                if (body.size() + piece.size() > kAnswerBytesMax) {
                                                  fail(ErrorKind::kIo, "{}: the answer is larger than {} bytes",
                                                       request.url, kAnswerBytesMax);
                                                }
                                                body += piece;
                                                return net::Flow::kContinue;
                                              },
                                          .on_wait = [&] { return stop_ ? net::Flow::kStop : net::Flow::kContinue; }};
  const net::ResponseHead head = http_.send(request, receiver);
  if (head.status != 200) fail(ErrorKind::kIo, "{} answered {}: {}", request.url, head.status, message_of(body));
  return body;
}

json::value WorkerClient::post(const std::string& path, const json::value& body) {
  return parse_json(fetch(request("POST", path, json_line(body))), path, kFromWorker);
}

wire::WorkerHealth WorkerClient::health() {
  net::ClientRequest ask = request("GET", "/health", "");
  ask.total_timeout = kWorkerStatus;
  return wire::parse_worker_health(fetch(ask));
}

wire::WorkerReadiness WorkerClient::readiness() {
  net::ClientRequest ask = request("GET", "/ready", "");
  ask.total_timeout = kWorkerStatus;
  return wire::parse_worker_readiness(fetch(ask));
}

Answer WorkerClient::execute(const wire::ExecuteRequest& execute, const std::function<bool()>& on_token) {
  Answer answer;
  net::SseParser parser;
  std::string refusal;
  int status = 0;
  bool hung_up = false;
  const SteadyTime started = clock_.now();
  const auto on_event = [&](const net::SseEvent& event) {
    const double ms = std::chrono::duration<double, std::milli>(clock_.now() - started).count();
    const std::size_t tokens_before = answer.token_events;
    take(wire::parse_execute_event(event.data), ms, answer);
    if (answer.token_events > tokens_before && on_token && !on_token()) hung_up = true;
  };
  const net::ResponseReceiver receiver = {.on_head =
                                              [&](const net::ResponseHead& head) {
                                                status = head.status;
                                                return net::Flow::kContinue;
                                              },
                                          .on_body =
                                              [&](std::string_view piece) {
                                                if (status == 200) {
                                                  parser.feed(piece, on_event);
                                                } else if (refusal.size() < kLogLines * 1024) {
                                                  refusal += piece;
                                                }
                                                return hung_up || stop_ ? net::Flow::kStop : net::Flow::kContinue;
                                              },
                                          .on_wait = [&] { return stop_ ? net::Flow::kStop : net::Flow::kContinue; }};
  try {
    http_.send(request("POST", "/execute", json_line(wire::to_json(execute))), receiver);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCancelled || !hung_up) throw;
  }
  if (status != 200) {
    ++answer.errors;
    answer.problem = fmt::format("/execute answered {}: {}", status, message_of(refusal));
  }
  return answer;
}

bool WorkerClient::cancel(const std::string& job_id) {
  net::ClientRequest ask = request("DELETE", "/execute/" + net::url_encoded(job_id), "");
  ask.total_timeout = kWorkerStatus;
  const net::ClientResponse answer = http_.fetch(ask);
  if (answer.head.status != 200 && answer.head.status != 404) {
    fail(ErrorKind::kIo, "{} answered {}: {}", ask.url, answer.head.status, message_of(answer.body));
  }
  return answer.head.status == 200;
}

wire::TokenIds WorkerClient::tokenize(const std::string& text, bool add_special) {
  const json::value answer = post("/tokenize", {{"content", text}, {"add_special", add_special}});
  try {
    return ids_of(answer, "tokens");
  } catch (const std::exception& error) {
    not_as_expected("/tokenize", error);
  }
}

std::string WorkerClient::detokenize(const wire::TokenIds& ids) {
  const json::value answer = post("/detokenize", {{"tokens", to_json(ids)}, {"skip_special", true}});
  try {
    return std::string(answer.at("content").as_string());
  } catch (const std::exception& error) {
    not_as_expected("/detokenize", error);
  }
}

std::string WorkerClient::apply_template(const json::value& messages) {
  const net::ClientRequest ask = request("POST", "/apply-template", json_line(json::value{{"messages", messages}}));
  const net::ClientResponse answer = http_.fetch(ask);
  if (answer.head.status != 200) {
    // 501 and 400: the model has none, or refuses these messages.
    const ErrorKind kind =
        answer.head.status < 500 || answer.head.status == 501 ? ErrorKind::kUnsupported : ErrorKind::kIo;
    fail(kind, "/apply-template answered {}: {}", answer.head.status, message_of(answer.body));
  }
  try {
    return std::string(parse_json(answer.body, "/apply-template", kFromWorker).at("prompt").as_string());
  } catch (const std::exception& error) {
    not_as_expected("/apply-template", error);
  }
}

const std::string& WorkerClient::model() {
  if (model_.empty()) model_ = health().model;
  return model_;
}

json::value WorkerClient::complete(json::object body) {
  body["model"] = model();
  body["temperature"] = 0;
  return post("/v1/completions", body);
}

std::vector<PositionScore> WorkerClient::score(const wire::TokenIds& ids, std::uint32_t top) {
  const json::value answer = complete({{"prompt", to_json(ids)}, {"max_tokens", 0}, {"echo", true}, {"logprobs", top}});
  try {
    return scores_of(answer.at("choices").at(0));
  } catch (const std::exception& error) {
    not_as_expected("/v1/completions", error);
  }
}

std::vector<double> WorkerClient::continuations(const wire::TokenIds& prefix, const wire::TokenIds& candidates) {
  json::array prompts;
  for (const std::int32_t candidate : candidates) {
    json::array ids = to_json(prefix);
    ids.push_back(candidate);
    prompts.push_back(std::move(ids));
  }
  const json::value answer =
      complete({{"prompt", std::move(prompts)}, {"max_tokens", 0}, {"echo", true}, {"logprobs", 0}});
  try {
    std::vector<double> out;
    for (const json::value& choice : answer.at("choices").as_array()) {
      out.push_back(choice.at("logprobs").at("token_logprobs").as_array().back().to_number<double>());
    }
    if (out.size() != candidates.size())
      fail(ErrorKind::kIo, "{} choices for {} prompts", out.size(), candidates.size());
    return out;
  } catch (const std::exception& error) {
    not_as_expected("/v1/completions", error);
  }
}

std::vector<PositionScore> WorkerClient::generate(const wire::TokenIds& ids, std::uint32_t max_tokens,
                                                  std::uint32_t top) {
  const json::value answer =
      complete({{"prompt", to_json(ids)}, {"max_tokens", max_tokens}, {"logprobs", top}, {"ignore_eos", true}});
  try {
    return scores_of(answer.at("choices").at(0));
  } catch (const std::exception& error) {
    not_as_expected("/v1/completions", error);
  }
}

}  // namespace rbee::keeper
