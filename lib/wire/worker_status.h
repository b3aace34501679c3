#pragma once
// GET /health, /ready and /v1/models of a worker.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace rbee::wire {

/// The process is alive and answers. What is known only once the model is loaded is 0 or empty before.
struct WorkerHealth {
  std::string worker_id, model, backend, device, version, state;
  std::string nonce;             ///< what --nonce gave: whoever started this worker knows it again
  std::uint64_t vram_bytes = 0;  ///< memory of the model's device; on the processor, weights and KV cache
  std::uint64_t rss_bytes = 0, rss_peak_bytes = 0;
  std::uint64_t pid = 0;
  std::uint32_t port = 0, gpu = 0;
  std::uint32_t context = 0;  ///< positions per sequence
  double uptime_seconds = 0, load_seconds = 0;
  std::string architecture, format, dtype;
  std::string source_dtype, weights;  ///< where weights are quantized on load: the files' type, and what became of them
  std::string kv_dtype;               ///< of the KV cache: f32, f16, bf16 or q8_0
  std::uint64_t parameters = 0;
};
/// {"status":"healthy",…}
boost::json::object to_json(const WorkerHealth& health);
/// Throws Error{kBadRequest} when fields are missing or of another type; unknown ones are skipped.
WorkerHealth parse_worker_health(std::string_view body);

struct LoadingProgress {
  std::uint64_t layers_done = 0, layers_total = 0, bytes_done = 0, bytes_total = 0;
  std::string stage;  ///< "quantizing" while weights are, where no layers are counted; else empty
};

/// Whether requests are taken. `state`: "loading", "idle", "busy" or "draining".
struct WorkerReadiness {
  bool ready = false;
  std::string state = "loading";
  std::uint32_t running = 0, waiting = 0;
  std::optional<LoadingProgress> progress;  ///< while loading
};
boost::json::object to_json(const WorkerReadiness& readiness);
/// As parse_worker_health.
WorkerReadiness parse_worker_readiness(std::string_view body);

/// GET /v1/models/<id>: {"id","object":"model","created","owned_by"}; `created` in seconds since 1970.
boost::json::object model_to_json(const std::string& id, std::int64_t created);

/// The one entry of GET /v1/models: {"object":"list","data":[{"id","object":"model","created","owned_by"}]}; none while
/// `id` is empty.
boost::json::object models_to_json(const std::string& id, std::int64_t created);

}  // namespace rbee::wire
