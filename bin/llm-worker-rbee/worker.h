#pragma once
// A worker: one model behind HTTP. The routes live in *_routes.cc, one file per group.

#include <cstdint>

#include "base/clock.h"
#include "engine_slot.h"
#include "job.h"
#include "job_registry.h"
#include "net/router.h"
#include "net/server.h"
#include "worker_config.h"
#include "worker_metrics.h"

namespace rbee::worker {

/// Everything that handlers share. Outlives the server; the engine is destroyed after the server has stopped.
struct Worker {
  Worker(WorkerConfig worker_config, const Clock& worker_clock);

  const WorkerConfig config;
  const Clock& clock;
  const SteadyTime started;
  const WallTime started_wall;
  EngineSlot slot;
  JobRegistry jobs;
  WorkerMetrics metrics;
  std::atomic<std::uint16_t> port{0};  ///< what the server bound

  /// For a new job. Throws HttpError 503 unless the engine is ready.
  JobContext job_context();
  /// Whether a client that asks for `name` means this worker's model: its id, its own name, its file name or its path.
  bool serves(const std::string& name, const engine::Engine& engine) const;
};

net::Router make_router(Worker& worker);
net::ServerConfig server_config(Worker& worker);

/// The groups that make_router puts together.
void add_execute_routes(net::Router& router, Worker& worker);
void add_openai_routes(net::Router& router, Worker& worker);
void add_text_routes(net::Router& router, Worker& worker);
void add_status_routes(net::Router& router, Worker& worker);

}  // namespace rbee::worker
