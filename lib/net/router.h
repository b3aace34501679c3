#pragma once
// Which handler answers a method and a path.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/http_error.h"
#include "net/http_message.h"
#include "net/reply.h"

namespace rbee::net {

/// Answers through `reply`, now or later; may throw before it has answered: Error and HttpError become the error
/// answer. `reply` is shared by the connection and whoever answers.
using Handler = std::function<void(HttpRequest request, std::shared_ptr<Reply> reply)>;

/// Where a handler runs: quick ones on the I/O thread; whatever parses or computes on the handler pool.
enum class RunOn { kIo, kPool };
/// Whether a route asks for the API key, where the server has one.
enum class Access { kKey, kPublic };

struct Route {
  std::string method;
  std::string path;  ///< "/execute", or with parameters: "/execute/{job_id}"; a parameter is one whole segment
  RunOn run_on = RunOn::kPool;
  Access access = Access::kKey;
  Handler handler;
};

/// Immutable once the server has it.
class Router {
 public:
  void add(Route route);

  struct Match {
    const Route* route;
    std::map<std::string, std::string> params;
  };
  /// The methods that a known path has, for 405 and its Allow field.
  struct OtherMethods {
    std::string allow;  ///< "GET, HEAD, POST"
  };
  struct NoPath {};
  /// `path` is still percent-encoded, so that an encoded '/' stays inside its segment.
  std::variant<Match, OtherMethods, NoPath> find(std::string_view method, std::string_view path) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace rbee::net
