#pragma once
// CUDA graphs of a plan's launches, by the shape of a step.

#include <cstdint>
#include <functional>
#include <map>

#include "engine/backend/cuda/device.h"
#include "engine/backend/step_shape.h"

namespace rbee::engine::cuda {

/// At most kGraphsMax; the one that was not used for longest makes room.
class StepGraphs {
 public:
  explicit StepGraphs(const Device& device) : device_(device) {}
  ~StepGraphs();
  StepGraphs(const StepGraphs&) = delete;
  StepGraphs& operator=(const StepGraphs&) = delete;

  /// Puts the graph for the shape on the stream; `enqueue` puts the same work there launch by launch, which is captured
  /// once.
  void launch(StepShape shape, const std::function<void()>& enqueue);

 private:
  struct Captured {
    CuGraphExec executable = nullptr;
    std::uint64_t last_use = 0;
  };
  CuGraphExec capture(const std::function<void()>& enqueue) const;
  void drop_oldest();

  const Device& device_;
  std::map<StepShape, Captured> graphs_;
  std::uint64_t uses_ = 0;
};

}  // namespace rbee::engine::cuda
