#pragma once
// The frequencies of a graph's rope tables in device memory.

#include <vector>

#include "engine/backend/cuda/buffer.h"
#include "engine/graph/graph.h"

namespace rbee::engine::cuda {

class RopeFrequencies {
 public:
  RopeFrequencies(const Device& device, const Graph& graph);

  const float* of(std::uint32_t table) const { return buffer_.at<const float>(places_[table].normal * sizeof(float)); }
  /// Null when the table has no second set.
  const float* long_of(std::uint32_t table) const;

 private:
  struct Place {
    std::uint64_t normal = 0, second = 0;  // in floats; second is 0 when there is none
  };
  Buffer buffer_;
  std::vector<Place> places_;
};

}  // namespace rbee::engine::cuda
