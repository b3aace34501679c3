#pragma once
// Requests and responses as handlers see them.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rbee::net {

struct HttpRequest {
  std::string method;                          ///< "GET", "POST", …; HEAD arrives as "GET"
  std::string path;                            ///< percent-decoded, begins with '/'
  std::string query;                           ///< after '?', as it came
  std::map<std::string, std::string> headers;  ///< names in lower case; repeated fields joined with ", "
  std::string body;
  std::map<std::string, std::string> path_params;  ///< of the route, decoded

  /// The field's value, or nothing. `name` in lower case.
  std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< further ones; values without line breaks
};

/// "OK", "Not Found", …; "Unknown" for a status that has no name.
std::string_view reason_phrase(int status);

/// `text` with %XX resolved; nothing when an escape is malformed or hides a NUL.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace rbee::net
