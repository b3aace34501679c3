#pragma once
// A model's weights in device memory.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/backend/vulkan/buffer.h"
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
  /// The bytes of device memory that the weights `used` need.
  static std::uint64_t bytes_needed(const Device& device, std::span<const WeightId> used, const WeightTable& weights);

  /// Uploads the weights `used`, in this order, each matrix once. Throws Error{kExhausted}.
  DeviceWeights(const Device& device, std::span<const WeightId> used, const WeightTable& weights);

  const std::vector<WeightSlice>& slices(WeightId id) const { return slices_[id.value()]; }

 private:
  std::vector<Buffer> buffers_;
  std::vector<std::vector<WeightSlice>> slices_;  // by weight
};

}  // namespace rbee::engine::vulkan
