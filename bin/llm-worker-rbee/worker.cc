#include "worker.h"

#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "base/process_info.h"
#include "wire/error_body.h"

namespace rbee::worker {
namespace {

// Different for every process of a machine, and for a pid that is used again.
std::uint64_t process_number(const Clock& clock) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(clock.wall_now()).time_since_epoch().count();
  return (static_cast<std::uint64_t>(seconds) << 22) ^ static_cast<std::uint64_t>(own_pid());
}

}  // namespace

Worker::Worker(WorkerConfig worker_config, const Clock& worker_clock)
    : config(std::move(worker_config)),
      clock(worker_clock),
      started(worker_clock.now()),
      started_wall(worker_clock.wall_now()),
      jobs(process_number(worker_clock)) {}

JobContext Worker::job_context() {
  return {slot.ready(), jobs, metrics, clock};
}

bool Worker::serves(const std::string& name, const engine::Engine& engine) const {
  const std::filesystem::path path = config.engine.model;
  return name == config.model_id || name == engine.model().name || name == path.string() ||
         name == path.filename().string();
}

net::Router make_router(Worker& worker) {
  net::Router router;
  add_status_routes(router, worker);
  add_execute_routes(router, worker);
  add_openai_routes(router, worker);
  add_text_routes(router, worker);
  return router;
}

net::ServerConfig server_config(Worker& worker) {
  net::ServerConfig config;
  config.host = worker.config.host;
  config.port = worker.config.port;
  config.limits = worker.config.http;
  if (worker.config.api_key) config.api_key.emplace(*worker.config.api_key);
  config.error_body = [](const net::ErrorReply& error) {
    return json_line(wire::error_to_json({error.code, error.message, error.param}, error.status));
  };
  config.on_answered = [&worker](std::string_view route, int status) { worker.metrics.count_answer(route, status); };
  return config;
}

}  // namespace rbee::worker
