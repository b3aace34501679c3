// GET /health, /ready and /metrics.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json_text.h"
#include "base/memory.h"
#include "base/process_info.h"
#include "wire/worker_status.h"
#include "worker.h"

namespace rbee::worker {
namespace {

std::string state_name(const Worker& worker) {
  switch (worker.slot.state()) {
    case EngineSlot::State::kLoading:
      return "loading";
    case EngineSlot::State::kDraining:
      return "draining";
    case EngineSlot::State::kReady:
      break;
  }
  return worker.jobs.size() == 0 ? "idle" : "busy";
}

wire::WorkerHealth health(const Worker& worker) {
  wire::WorkerHealth out;
  out.worker_id = worker.config.worker_id;
  out.model = worker.config.model_id;
  out.backend = worker.config.engine.backend;
  out.gpu = worker.config.engine.gpu;
  out.version = version();
  out.state = state_name(worker);
  out.nonce = worker.config.nonce;
  const ProcessMemory memory = process_memory();
  out.rss_bytes = memory.resident_bytes;
  out.rss_peak_bytes = memory.resident_peak_bytes;
  out.pid = static_cast<std::uint64_t>(own_pid());
  out.port = worker.port;
  out.uptime_seconds = std::chrono::duration<double>(worker.clock.now() - worker.started).count();
  if (const engine::Engine* engine = worker.slot.loaded()) {
    const engine::ModelInfo& info = engine->model();
    out.device = info.device;
    out.vram_bytes = info.device_bytes;
    out.context = info.context;
    out.load_seconds = info.load_seconds;
    out.architecture = info.architecture;
    out.format = info.format;
    out.dtype = info.dtype;
    out.source_dtype = info.source_dtype;
    out.weights = info.weights_text;
    out.kv_dtype = info.kv_dtype;
    out.parameters = info.parameters;
  }
  return out;
}

wire::WorkerReadiness readiness(const Worker& worker) {
  wire::WorkerReadiness out;
  out.state = state_name(worker);
  out.ready = worker.slot.state() == EngineSlot::State::kReady;
  if (const engine::Engine* engine = worker.slot.loaded()) {
    const engine::EngineStats stats = engine->stats();
    out.running = stats.running;
    out.waiting = stats.waiting;
  } else {
    const engine::LoadProgress progress = worker.slot.progress();
    const bool quantizing = progress.stage == engine::LoadProgress::Stage::kQuantizing;
    out.progress = {progress.layers_done, progress.layers_total, progress.bytes_done, progress.bytes_total,
                    quantizing ? "quantizing" : ""};
  }
  return out;
}

}  // namespace

void add_status_routes(net::Router& router, Worker& worker) {
  router.add({.method = "GET",
              .path = "/health",
              .run_on = net::RunOn::kIo,
              .access = net::Access::kPublic,
              .handler = [&worker](const net::HttpRequest&, const std::shared_ptr<net::Reply>& reply) {
                net::HttpResponse response;
                response.body = json_line(wire::to_json(health(worker)));
                reply->send(std::move(response));
              }});
  router.add({.method = "GET",
              .path = "/ready",
              .run_on = net::RunOn::kIo,
              .access = net::Access::kPublic,
              .handler = [&worker](const net::HttpRequest&, const std::shared_ptr<net::Reply>& reply) {
                const wire::WorkerReadiness now = readiness(worker);
                net::HttpResponse response;
                response.status = now.ready ? 200 : 503;
                if (!now.ready) response.headers.emplace_back("Retry-After", "1");
                response.body = json_line(wire::to_json(now));
                reply->send(std::move(response));
              }});
  router.add({.method = "GET",
              .path = "/metrics",
              .run_on = net::RunOn::kIo,
              .handler = [&worker](const net::HttpRequest&, const std::shared_ptr<net::Reply>& reply) {
                net::HttpResponse response;
                response.content_type = "text/plain; version=0.0.4; charset=utf-8";
                response.body = worker.metrics.text(worker.slot.loaded());
                reply->send(std::move(response));
              }});
}

}  // namespace rbee::worker
