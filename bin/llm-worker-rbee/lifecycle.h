#pragma once
// A worker's life: listen, load, serve, drain, stop.

#include <functional>
#include <memory>

#include "engine/engine.h"
#include "worker_config.h"

namespace rbee::worker {

/// How the model is loaded; a parameter, so that tests run the whole program with an engine of their own.
using LoadEngine = std::function<std::unique_ptr<engine::Engine>(
    const engine::EngineOptions&, const std::function<void(const engine::LoadProgress&)>&)>;

/// Runs until a signal or a failed load. The first SIGTERM or SIGINT drains: new requests get 503, running ones finish,
/// at most drain_deadline; then they get an error event. A second signal does that at once. When the device is lost,
/// requests get an error event and the process ends with exit code 1. block_stop_signals() has been called. Returns the
/// exit code: 0 when every request was answered completely, else 1. Throws Error when the port is taken or the model
/// cannot be loaded.
int run_worker(const WorkerConfig& config, const LoadEngine& load);

}  // namespace rbee::worker
