#include "listed_worker.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/near_match.h"
#include "base/printable.h"

namespace rbee::keeper {
namespace {

namespace json = boost::json;

std::string text_field(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

ListedWorker read_worker(const json::object& object, std::string_view pool) {
  ListedWorker worker{text_field(object, "worker_id"), text_field(object, "model_id"), text_field(object, "backend"),
                      text_field(object, "state"), text_field(object, "host")};
  const json::value* port = object.if_contains("port");
  const std::int64_t number = port != nullptr && port->is_int64() ? port->get_int64() : 0;
  if (worker.id.empty() || number < 1 || number > 65535) {
    fail(ErrorKind::kBadFile, "pool '{}': a worker of its list has no id or no port", pool);
  }
  worker.port = static_cast<std::uint16_t>(number);
  return worker;
}

bool fits(const ListedWorker& worker, const WorkerQuery& query) {
  const auto same = [](const std::string& wanted, const std::string& found) {
    return wanted.empty() || wanted == found;
  };
  return same(query.model, worker.model) && same(query.backend, worker.backend) && same(query.id, worker.id);
}

// 0: takes a request at once; 1: after others; 2: not now.
int rank(const ListedWorker& worker) {
  return worker.state == "ready" ? 0 : worker.state == "busy" ? 1 : 2;
}

[[noreturn]] void fail_without_worker(const std::vector<ListedWorker>& workers, const WorkerQuery& query,
                                      std::string_view pool) {
  if (!query.id.empty()) {
    std::vector<std::string> ids;
    for (const ListedWorker& worker : workers) ids.push_back(worker.id);
    fail(ErrorKind::kNotFound, "pool '{}' has no worker '{}'{}{}; 'rbee pool worker list --host {}' shows them", pool,
         printable(query.id), query.model.empty() ? "" : fmt::format(" with model '{}'", printable(query.model)),
         suggestion(query.id, ids), pool);
  }
  std::vector<std::string> models;
  for (const ListedWorker& worker : workers) models.push_back(worker.model);
  const std::string backend = query.backend.empty() ? "cpu" : printable(query.backend);
  const std::string near = near_match(query.model, models);
  fail(ErrorKind::kNotFound,
       "no worker on pool '{}' runs '{}'{}{}; start one with 'rbee pool worker spawn {} --model {}{}'", pool,
       printable(query.model), query.backend.empty() ? "" : " on " + backend,
       near.empty() || near == query.model ? "" : fmt::format(" (there is one of '{}')", printable(near)), backend,
       printable(query.model), pool == "localhost" ? "" : fmt::format(" --host {}", pool));
}

}  // namespace

std::vector<ListedWorker> parse_worker_list(std::string_view text, std::string_view pool) {
  const json::value document = parse_json(text, fmt::format("pool '{}': worker list", pool));
  const json::value* workers = document.is_object() ? document.get_object().if_contains("workers") : nullptr;
  if (workers == nullptr || !workers->is_array()) {
    fail(ErrorKind::kBadFile, "pool '{}': its worker list has no field 'workers'; is its rbee-hive of this version?",
         pool);
  }
  std::vector<ListedWorker> result;
  for (const json::value& worker : workers->get_array()) {
    if (!worker.is_object()) fail(ErrorKind::kBadFile, "pool '{}': a worker of its list is no object", pool);
    result.push_back(read_worker(worker.get_object(), pool));
  }
  return result;
}

const ListedWorker& choose_worker(const std::vector<ListedWorker>& workers, const WorkerQuery& query,
                                  std::string_view pool) {
  const ListedWorker* best = nullptr;
  for (const ListedWorker& worker : workers) {
    if (!fits(worker, query)) continue;
    const bool better =
        best == nullptr || rank(worker) < rank(*best) || (rank(worker) == rank(*best) && worker.id < best->id);
    if (better) best = &worker;
  }
  if (best == nullptr) fail_without_worker(workers, query, pool);
  if (rank(*best) > 1) {
    fail(ErrorKind::kUnavailable, "{} on pool '{}' is {}: 'rbee pool worker logs {}{}' says more", best->id, pool,
         printable(best->state), best->id, pool == "localhost" ? "" : fmt::format(" --host {}", pool));
  }
  return *best;
}

}  // namespace rbee::keeper
