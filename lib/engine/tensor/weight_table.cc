#include "engine/tensor/weight_table.h"

#include <utility>

namespace rbee::engine {

WeightId WeightTable::add(Weight weight) {
  weights_.push_back(std::move(weight));
  return WeightId(static_cast<std::uint32_t>(weights_.size() - 1));
}

WeightId WeightTable::add_vector(std::string name, std::vector<float> values) {
  const std::vector<float>& kept = owned_.emplace_back(std::move(values));
  return add({.name = std::move(name),
              .dtype = formats::DType::kF32,
              .rows = 1,
              .columns = static_cast<std::uint32_t>(kept.size()),
              .data = reinterpret_cast<const std::byte*>(kept.data())});
}

}  // namespace rbee::engine
