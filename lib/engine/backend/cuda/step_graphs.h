#pragma once
// CUDA graphs of a plan's launches, by the shape of a step.

#include <compare>
#include <cstdint>
#include <functional>
#include <map>

#include "engine/backend/cuda/device.h"

namespace rbee::engine::cuda {

/// Rows rounded up so that few shapes serve all steps: exact up to 8, then in quarters of powers of two. A graph for
/// more rows than a step has is right: kernels read the true number.
constexpr std::uint32_t row_class(std::uint32_t rows) {
  std::uint32_t unit = 1;
  while (unit * 8 < rows) unit *= 2;
  return (rows + unit - 1) / unit * unit;
}

struct StepShape {
  std::uint32_t tokens = 0, outputs = 0;
  std::uint32_t splits = 0;  ///< of the positions, for attention; 0: it is not split
  friend auto operator<=>(const StepShape&, const StepShape&) = default;
};

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
