#include "pool/worker_watch.h"

#include "base/error.h"

namespace rbee::pool {
namespace {

// What a stranger answers on the port is nothing, not an error.
template <typename Parsed>
std::optional<Parsed> parsed(const std::optional<std::string>& body, Parsed (*parse)(std::string_view)) {
  if (!body) return std::nullopt;
  try {
    return parse(*body);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::string worker_origin(const wire::WorkerRecord& record) {
  const bool v6 = record.host.find(':') != std::string::npos;
  if (record.host.empty() || record.host == "0.0.0.0") return fmt::format("http://127.0.0.1:{}", record.port);
  if (v6) return fmt::format("http://[{}]:{}", record.host == "::" ? "::1" : record.host, record.port);
  return fmt::format("http://{}:{}", record.host, record.port);
}

ProcessIdentity process_of(const wire::WorkerRecord& record) {
  return {record.pid, record.pid_start_time, record.boot_id};
}

WorkerSnapshot look_at(const wire::WorkerRecord& record, const HttpGet& get) {
  WorkerSnapshot seen;
  const std::optional<std::chrono::seconds> age = process_age(process_of(record));
  seen.process_alive = age.has_value();
  if (!age) return seen;
  seen.age = *age;
  seen.health = parsed(get(worker_origin(record), "/health"), &wire::parse_worker_health);
  if (seen.health) seen.readiness = parsed(get(worker_origin(record), "/ready"), &wire::parse_worker_readiness);
  return seen;
}

WorkerSighting sight_worker(const wire::WorkerRecord& record, const HttpGet& get) {
  WorkerSighting sighting;
  sighting.record = record;
  sighting.seen = look_at(record, get);
  sighting.verdict = worker_state(record, sighting.seen);
  if (sighting.seen.process_alive) sighting.memory = process_memory_of(record.pid);
  return sighting;
}

}  // namespace rbee::pool
