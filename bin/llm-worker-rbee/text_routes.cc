// POST /tokenize, /detokenize and /apply-template.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "wire/text_request.h"
#include "worker.h"

namespace rbee::worker {
namespace {

namespace json = boost::json;

void send(net::Reply& reply, const json::object& body) {
  net::HttpResponse response;
  response.body = json_line(body);
  reply.send(std::move(response));
}

json::object tokenize(const engine::Engine& engine, const wire::TokenizeRequest& request) {
  json::array tokens;
  for (const engine::TokenId id : engine.tokenize(request.content, request.add_special)) tokens.push_back(id.value());
  json::object out;
  out["tokens"] = std::move(tokens);
  return out;
}

json::object detokenize(const engine::Engine& engine, const wire::DetokenizeRequest& request) {
  std::vector<engine::TokenId> ids;
  ids.reserve(request.tokens.size());
  for (const std::int32_t id : request.tokens) ids.emplace_back(id);
  json::object out;
  out["content"] = engine.detokenize(ids, request.skip_special);
  return out;
}

json::object apply_template(const engine::Engine& engine, const wire::ApplyTemplateRequest& request) {
  json::object out;
  out["prompt"] = engine.apply_chat_template(request.messages, request.tools, request.add_generation_prompt);
  return out;
}

}  // namespace

void add_text_routes(net::Router& router, Worker& worker) {
  router.add({.method = "POST",
              .path = "/tokenize",
              .handler = [&worker](const net::HttpRequest& request, const std::shared_ptr<net::Reply>& reply) {
                send(*reply, tokenize(worker.slot.ready(), wire::parse_tokenize_request(request.body)));
              }});
  router.add({.method = "POST",
              .path = "/detokenize",
              .handler = [&worker](const net::HttpRequest& request, const std::shared_ptr<net::Reply>& reply) {
                send(*reply, detokenize(worker.slot.ready(), wire::parse_detokenize_request(request.body)));
              }});
  router.add({.method = "POST",
              .path = "/apply-template",
              .handler = [&worker](const net::HttpRequest& request, const std::shared_ptr<net::Reply>& reply) {
                send(*reply, apply_template(worker.slot.ready(), wire::parse_apply_template_request(request.body)));
              }});
}

}  // namespace rbee::worker
