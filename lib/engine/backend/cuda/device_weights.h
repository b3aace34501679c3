#pragma once
// A model's weights in device memory.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/backend/cuda/buffer.h"
#include "engine/tensor/weight_table.h"

namespace rbee::engine::cuda {

/// Rows of packed words (engine/tensor/weight_packing.h), one behind the other.
struct DeviceWeight {
  CuAddress address = 0;
  std::uint32_t row_words = 0;
};

class DeviceWeights {
 public:
  /// The bytes of device memory that the weights `used` need.
  static std::uint64_t bytes_needed(std::span<const WeightId> used, const WeightTable& weights);

  /// Uploads the weights `used`, in this order, each matrix once. Throws Error: kExhausted; kUnsupported (a row that is
  /// larger than kStagingBytes).
  DeviceWeights(const Device& device, std::span<const WeightId> used, const WeightTable& weights);

  const DeviceWeight& operator[](WeightId id) const { return places_[id.value()]; }

 private:
  Buffer buffer_;
  std::vector<DeviceWeight> places_;  // by weight
};

}  // namespace rbee::engine::cuda
