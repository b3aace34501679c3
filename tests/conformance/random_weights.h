#pragma once
// Weights with random values in any stored type.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "engine/tensor/weight_table.h"

namespace rbee::engine::conformance {

/// Owns the bytes of random weights of a table. Every matrix starts at an odd address.
class RandomWeights {
 public:
  explicit RandomWeights(std::uint64_t seed) : random_(seed) {}

  /// A matrix whose values are about `scale` large; columns must be a multiple of the type's block.
  WeightId matrix(WeightTable& table, formats::DType dtype, std::uint32_t rows, std::uint32_t columns, float scale);
  /// A float32 vector near `centre`.
  WeightId vector(WeightTable& table, std::uint32_t columns, float centre);
  /// Normal values around 0.
  std::vector<float> floats(std::size_t count, float scale);

  std::mt19937_64& engine() { return random_; }

 private:
  std::mt19937_64 random_;
  std::deque<std::vector<std::byte>> bytes_;
};

}  // namespace rbee::engine::conformance
