#include "net/site.h"

#include <new>

#include "base/log.h"
#include "net/origin.h"

namespace rbee::net {
namespace {

// A query string's parameter names must not carry a key: URLs end up in logs and histories (OWASP REST cheat sheet).
bool has_key_in_query(std::string_view query) {
  for (std::size_t begin = 0; begin <= query.size();) {
    std::size_t end = query.find('&', begin);
    if (end == std::string_view::npos) end = query.size();
    const std::string_view name = query.substr(begin, std::min(query.find('=', begin), end) - begin);
    if (name == "api_key" || name == "apikey" || name == "api-key" || name == "access_token") return true;
    begin = end + 1;
  }
  return false;
}

bool is_json(std::string_view media_type) {
  std::string type(media_type.substr(0, media_type.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return type == "application/json";
}

void check_caller(const Site& site, const HttpRequest& request) {
  if (has_key_in_query(request.query)) {
    throw HttpError(
        {400, "bad_request", "an API key does not belong into a URL; send 'Authorization: Bearer KEY'", ""});
  }
  const std::string host(request.header("host").value_or(""));
  if (request.header("host") && !host_allowed(host, site.config.host)) {
    throw HttpError({403, "forbidden", "the Host header names another machine than this server's own address", ""});
  }
  if (request.method != "GET" && !origin_allowed(request.header("origin"), host)) {
    throw HttpError({403, "forbidden", "requests from web pages of another origin are refused", ""});
  }
}

// What an exception means to the client. Called inside a catch block.
ErrorReply current_error() {
  try {
    throw;
  } catch (const HttpError& error) {
    return error.reply();
  } catch (const Error& error) {
    return {http_status(error.kind()), std::string(error_code(error.kind())), error.what(), error.param()};
  } catch (const std::bad_alloc&) {
    return {507, "exhausted", "out of memory", ""};
  } catch (const std::exception& error) {
    log_error("request failed: {}", error.what());
    return {500, "internal", "internal error; the log has the reason", ""};
  }
}

}  // namespace

HttpResponse error_response(const ServerConfig& config, const ErrorReply& error) {
  HttpResponse response;
  response.status = error.status;
  response.body = config.error_body(error);
  if (error.status == 503 || error.status == 429) response.headers.emplace_back("Retry-After", "1");
  if (error.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

void run_handler(Site& site, const Route& route, HttpRequest request, std::shared_ptr<Reply> reply) {
  // std::function copies its target, so what it carries is shared between the copies.
  const auto call = [&site, &route, carried = std::make_shared<HttpRequest>(std::move(request)), reply] {
    try {
      route.handler(std::move(*carried), reply);
    } catch (...) {
      reply->send(error_response(site.config, current_error()));
    }
  };
  if (route.run_on == RunOn::kIo) {
    call();
  } else if (!site.pool->try_post(call)) {
    reply->send(error_response(site.config, {503, "unavailable", "too many requests at once; try again", ""}));
  }
}

const Route& admit(const Site& site, HttpRequest& request) {
  check_caller(site, request);
  auto found = site.router.find(request.method, request.path);
  auto* match = std::get_if<Router::Match>(&found);
  const bool is_public = match != nullptr && match->route->access == Access::kPublic;
  if (site.config.api_key && !is_public && !site.config.api_key->allows(request.header("authorization"))) {
    throw HttpError({401, "invalid_api_key", "this server asks for 'Authorization: Bearer KEY'", ""});
  }
  if (match == nullptr) {
    if (const auto* other = std::get_if<Router::OtherMethods>(&found)) {
      throw HttpError(
          {405, "method_not_allowed", request.method + " is not possible here; allowed: " + other->allow, ""});
    }
    throw HttpError({404, "not_found", "no such route", ""});
  }
  if (request.method == "POST" && !is_json(request.header("content-type").value_or(""))) {
    throw HttpError({415, "unsupported_media_type", "the body must be sent as 'Content-Type: application/json'", ""});
  }
  request.path_params = std::move(match->params);
  return *match->route;
}

}  // namespace rbee::net
