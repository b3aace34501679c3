#pragma once
// The JSON of every error answer, in OpenAI's form.

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace rbee::wire {

struct ErrorBody {
  std::string code;     ///< a stable word: "bad_request", "context_length_exceeded", …
  std::string message;  ///< for people; UTF-8
  std::string param;    ///< the request field; null in JSON when empty
};

/// {"error":{"code","message","param","type"}}. `http_status` gives the type: "invalid_request_error" below 500,
/// "server_error" from there on, "authentication_error" for 401, "not_found_error" for 404.
boost::json::object error_to_json(const ErrorBody& error, int http_status);

/// Reads it back, leniently: missing parts stay empty.
ErrorBody error_from_json(std::string_view body);

}  // namespace rbee::wire
