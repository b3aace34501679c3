#pragma once
// A model's weights in device memory.

#include <cstdint>
#include <vector>

#include "engine/backend/vulkan/buffer.h"
#include "engine/graph/graph.h"
#include "engine/tensor/weight_table.h"

namespace rbee::engine::vulkan {

/// Rows [row_begin, row_begin + rows) of a weight. A weight is cut where it exceeds what a shader can be given at once.
struct WeightSlice {
  BufferRange range;
  std::uint32_t row_begin = 0;
  std::uint32_t rows = 0;
  std::uint32_t row_words = 0;
};

class DeviceWeights {
 public:
  /// The bytes of device memory that the graph's weights need.
  static std::uint64_t bytes_needed(const Device& device, const Graph& graph, const WeightTable& weights);

  /// Uploads what the graph uses, each matrix once. Throws Error{kExhausted}.
  DeviceWeights(const Device& device, const Graph& graph, const WeightTable& weights);

  const std::vector<WeightSlice>& slices(WeightId id) const { return slices_[id.value()]; }

 private:
  std::vector<Buffer> buffers_;
  std::vector<std::vector<WeightSlice>> slices_;  // by weight
};

}  // namespace rbee::engine::vulkan
