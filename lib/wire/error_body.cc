#include "wire/error_body.h"

#include <boost/json/value.hpp>

#include "base/json.h"
#include "base/utf8.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

std::string_view type_of(int http_status) {
  if (http_status == 401) return "authentication_error";
  if (http_status == 404) return "not_found_error";
  return http_status < 500 ? "invalid_request_error" : "server_error";
}

std::string text_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(json::string_view(name.data(), name.size()));
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

}  // namespace

json::object error_to_json(const ErrorBody& error, int http_status) {
  json::object inner;
  inner["code"] = error.code;
  inner["message"] = replace_invalid_utf8(error.message);
  inner["param"] =
      error.param.empty() ? json::value(nullptr) : json::value(json::string(replace_invalid_utf8(error.param)));
  inner["type"] = json::string(type_of(http_status));
  json::object out;
  out["error"] = std::move(inner);
  return out;
}

ErrorBody error_from_json(std::string_view body) {
  const json::value document = parse_json(body, "error answer");
  const json::value* inner = document.is_object() ? document.get_object().if_contains("error") : nullptr;
  if (inner == nullptr || !inner->is_object()) return {};
  const json::object& object = inner->get_object();
  return {text_at(object, "code"), text_at(object, "message"), text_at(object, "param")};
}

}  // namespace rbee::wire
