#pragma once
// The weights a graph refers to, bound to their bytes.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "engine/graph/op.h"
#include "formats/dtype.h"

namespace rbee::engine {

/// A matrix [rows, columns], rows contiguous and packed, in the precision it is stored in. `data` may start at any
/// address and belongs to the mapped model file or to the table. Vectors (norms, biases) are [1, columns] float32.
struct Weight {
  std::string name;
  formats::DType dtype = formats::DType::kF32;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  const std::byte* data = nullptr;
  std::uint64_t bytes() const { return formats::row_bytes(dtype, columns) * rows; }
};

/// Weights by WeightId. Filled while the model is built, then read by the engine thread only.
class WeightTable {
 public:
  /// A weight whose bytes outlive the table.
  WeightId add(Weight weight);
  /// A float32 vector [1, values.size()] that the table keeps.
  WeightId add_vector(std::string name, std::vector<float> values);

  const Weight& operator[](WeightId id) const { return weights_[id.value()]; }
  std::size_t size() const { return weights_.size(); }

 private:
  std::vector<Weight> weights_;
  std::deque<std::vector<float>> owned_;  // a deque: its elements do not move
};

}  // namespace rbee::engine
