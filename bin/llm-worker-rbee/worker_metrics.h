#pragma once
// What GET /metrics shows, in Prometheus' text format.

#include <memory>
#include <string>
#include <string_view>

#include "engine/engine.h"

namespace rbee::worker {

/// Any thread may call.
class WorkerMetrics {
 public:
  WorkerMetrics();
  ~WorkerMetrics();
  WorkerMetrics(const WorkerMetrics&) = delete;
  WorkerMetrics& operator=(const WorkerMetrics&) = delete;

  void observe_first_token(double seconds);  ///< from the request to its first text
  void observe_inter_token(double seconds);  ///< between two pieces of text
  void observe_request(double seconds);      ///< from the request to its end
  /// `route` is one of the worker's own route patterns, or empty: never text of a client.
  void count_answer(std::string_view route, int status);

  /// Everything, with the engine's counters; `engine` may be null while the model loads.
  std::string text(const engine::Engine* engine) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rbee::worker
