#pragma once
// The weights a graph refers to, bound to their bytes.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>
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
  bool in_file = false;  ///< `data` is mapped read-only from a file: pages that are dropped come back from there
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

  /// For backends that keep a copy of their own: this weight has been copied, what it was read from may leave memory.
  /// It stays readable. Loading thread.
  void release(WeightId id) const {
    if (when_released_) when_released_(weights_[id.value()]);
  }
  /// What release() does; nothing by default.
  void on_release(std::function<void(const Weight&)> action) { when_released_ = std::move(action); }
  std::size_t size() const { return weights_.size(); }

 private:
  std::vector<Weight> weights_;
  std::deque<std::vector<float>> owned_;  // a deque: its elements do not move
  std::function<void(const Weight&)> when_released_;
};

}  // namespace rbee::engine
