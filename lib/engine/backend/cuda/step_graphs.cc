#include "engine/backend/cuda/step_graphs.h"

#include <algorithm>

#include "engine/backend/cuda/limits.h"

namespace rbee::engine::cuda {

StepGraphs::~StepGraphs() {
  device_.api().context_set(device_.context());
  for (const auto& [shape, captured] : graphs_) device_.api().destroy_executable(captured.executable);
}

void StepGraphs::launch(StepShape shape, const std::function<void()>& enqueue) {
  auto found = graphs_.find(shape);
  if (found == graphs_.end()) {
    if (graphs_.size() == kGraphsMax) drop_oldest();
    found = graphs_.emplace(shape, Captured{.executable = capture(enqueue)}).first;
  }
  found->second.last_use = ++uses_;
  device_.check(device_.api().launch_graph(found->second.executable, device_.stream()), "launching a step");
}

CuGraphExec StepGraphs::capture(const std::function<void()>& enqueue) const {
  const DriverApi& api = device_.api();
  device_.check(api.begin_capture(device_.stream(), kCuCaptureRelaxed), "capturing a step");
  CuGraph graph = nullptr;
  try {
    enqueue();
  } catch (...) {
    if (api.end_capture(device_.stream(), &graph) == kCuSuccess) api.destroy_graph(graph);
    throw;
  }
  device_.check(api.end_capture(device_.stream(), &graph), "capturing a step");
  CuGraphExec executable = nullptr;
  const CuResult result = api.instantiate(&executable, graph, 0);
  api.destroy_graph(graph);
  device_.check(result, "making a graph of a step");
  return executable;
}

void StepGraphs::drop_oldest() {
  const auto oldest = std::min_element(graphs_.begin(), graphs_.end(), [](const auto& a, const auto& b) {
    return a.second.last_use < b.second.last_use;
  });
  device_.api().destroy_executable(oldest->second.executable);
  graphs_.erase(oldest);
}

}  // namespace rbee::engine::cuda
