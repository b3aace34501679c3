#include "wire/worker_status.h"

#include <limits>

#include <boost/json/array.hpp>

#include "wire/limits.h"
#include "wire/object_reader.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

// One list of fields serves both directions: `visit` gets every name with its member.
template <typename Health, typename Visit>
void for_each_field(Health& health, const Visit& visit) {
  visit("worker_id", health.worker_id);
  visit("model", health.model);
  visit("backend", health.backend);
  visit("device", health.device);
  visit("gpu", health.gpu);
  visit("version", health.version);
  visit("state", health.state);
  visit("nonce", health.nonce);
  visit("vram_bytes", health.vram_bytes);
  visit("rss_bytes", health.rss_bytes);
  visit("rss_peak_bytes", health.rss_peak_bytes);
  visit("pid", health.pid);
  visit("port", health.port);
  visit("context", health.context);
  visit("uptime_seconds", health.uptime_seconds);
  visit("load_seconds", health.load_seconds);
  visit("architecture", health.architecture);
  visit("format", health.format);
  visit("dtype", health.dtype);
  visit("source_dtype", health.source_dtype);
  visit("weights", health.weights);
  visit("kv_dtype", health.kv_dtype);
  visit("parameters", health.parameters);
}

template <typename Progress, typename Visit>
void for_each_count(Progress& progress, const Visit& visit) {
  visit("layers_done", progress.layers_done);
  visit("layers_total", progress.layers_total);
  visit("bytes_done", progress.bytes_done);
  visit("bytes_total", progress.bytes_total);
}

struct Read {
  ObjectReader& reader;
  void operator()(const char* name, std::string& out) const { out = reader.string(name, kTextBytesMax).value_or(""); }
  void operator()(const char* name, double& out) const { out = reader.number(name, {0, 1e18}).value_or(0); }
  template <typename Unsigned>
  void operator()(const char* name, Unsigned& out) const {
    constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
    const auto max = static_cast<std::int64_t>(std::min<std::uint64_t>(std::numeric_limits<Unsigned>::max(), kMax));
    out = static_cast<Unsigned>(reader.integer(name, 0, max).value_or(0));
  }
};

}  // namespace

json::object to_json(const WorkerHealth& health) {
  json::object out;
  out["status"] = "healthy";
  for_each_field(health, [&out](const char* name, const auto& value) { out[name] = value; });
  return out;
}

WorkerHealth parse_worker_health(std::string_view body) {
  const json::object object = parse_object(body);
  ObjectReader reader(object);
  WorkerHealth health;
  if (reader.string("status", kNameBytesMax).value_or("") != "healthy") fail_field("status", "expected \"healthy\"");
  for_each_field(health, Read{reader});
  return health;
}

json::object to_json(const WorkerReadiness& readiness) {
  json::object out;
  out["ready"] = readiness.ready;
  out["state"] = readiness.state;
  out["running"] = readiness.running;
  out["waiting"] = readiness.waiting;
  if (readiness.progress) {
    json::object progress;
    if (!readiness.progress->stage.empty()) progress["stage"] = readiness.progress->stage;
    for_each_count(*readiness.progress, [&progress](const char* name, const auto& value) { progress[name] = value; });
    out["progress"] = std::move(progress);
  }
  return out;
}

WorkerReadiness parse_worker_readiness(std::string_view body) {
  const json::object object = parse_object(body);
  ObjectReader reader(object);
  WorkerReadiness readiness;
  readiness.ready = reader.boolean("ready").value_or(false);
  readiness.state = reader.string("state", kNameBytesMax).value_or("");
  Read{reader}("running", readiness.running);
  Read{reader}("waiting", readiness.waiting);
  if (const json::value* progress = reader.any("progress"); progress != nullptr && progress->is_object()) {
    ObjectReader inner(progress->get_object(), "progress.");
    Read{inner}("stage", readiness.progress.emplace().stage);
    for_each_count(*readiness.progress, Read{inner});
  }
  return readiness;
}

json::object model_to_json(const std::string& id, std::int64_t created) {
  json::object model;
  model["id"] = id;
  model["object"] = "model";
  model["created"] = created;
  model["owned_by"] = "rbee";
  return model;
}

json::object models_to_json(const std::string& id, std::int64_t created) {
  json::array data;
  if (!id.empty()) data.push_back(model_to_json(id, created));
  json::object out;
  out["object"] = "list";
  out["data"] = std::move(data);
  return out;
}

}  // namespace rbee::wire
