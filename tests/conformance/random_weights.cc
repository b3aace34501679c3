#include "random_weights.h"

#include <bit>
#include <cstring>

#include "base/check.h"

namespace rbee::engine::conformance {
namespace {

using formats::DType;

std::uint16_t bf16_of(float x) {
  return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x) >> 16);
}

// Truncates; for values that binary16 can hold.
std::uint16_t f16_of(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  if (magnitude < 0x38800000U) {  // subnormal: a multiple of 2^-24
    return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::bit_cast<float>(magnitude) * 0x1p24F));
  }
  return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000U) >> 13));
}

// Where the fp16 factors of a block lie, and how large its whole numbers are about.
struct BlockScales {
  std::size_t d;
  std::size_t dmin;  // 0: none
  float typical;
};

BlockScales scales_of(DType dtype) {
  switch (dtype) {
    case DType::kQ8_0:
    case DType::kIQ4_NL:
      return {0, 0, 64.0F};
    case DType::kQ4_0:
      return {0, 0, 5.0F};
    case DType::kQ5_0:
      return {0, 0, 9.0F};
    case DType::kQ4_K:
      return {0, 2, 300.0F};
    case DType::kQ5_K:
      return {0, 2, 600.0F};
    case DType::kQ6_K:
      return {208, 0, 1200.0F};
    default:
      RBEE_CHECK(false);
  }
}

}  // namespace

std::vector<float> RandomWeights::floats(std::size_t count, float scale) {
  std::normal_distribution<float> normal(0.0F, scale);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random_);
  return values;
}

WeightId RandomWeights::matrix(WeightTable& table, DType dtype, std::uint32_t rows, std::uint32_t columns,
                               float scale) {
  const formats::DTypeInfo info = formats::dtype_info(dtype);
  RBEE_CHECK(columns % info.block_values == 0);
  const std::size_t size = formats::row_bytes(dtype, columns) * rows;
  std::vector<std::byte>& owned = bytes_.emplace_back(size + 1);
  std::byte* data = owned.data() + 1;
  if (!formats::is_quantized(dtype)) {
    const std::vector<float> values = floats(std::size_t{rows} * columns, scale);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::uint16_t half = dtype == DType::kF16 ? f16_of(values[i]) : bf16_of(values[i]);
      if (dtype == DType::kF32) {
        std::memcpy(data + 4 * i, &values[i], 4);
      } else {
        std::memcpy(data + 2 * i, &half, 2);
      }
    }
  } else {
    for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::byte>(random_());
    const BlockScales scales = scales_of(dtype);
    std::uniform_real_distribution<float> factor(0.5F, 1.5F);
    for (std::size_t at = 0; at < size; at += info.block_bytes) {
      const std::uint16_t d = f16_of(factor(random_) * scale / scales.typical);
      std::memcpy(data + at + scales.d, &d, 2);
      const std::uint16_t dmin = f16_of(factor(random_) * scale / scales.typical * 8.0F);
      if (scales.dmin != 0) std::memcpy(data + at + scales.dmin, &dmin, 2);
    }
  }
  return table.add({.name = "random", .dtype = dtype, .rows = rows, .columns = columns, .data = data});
}

WeightId RandomWeights::vector(WeightTable& table, std::uint32_t columns, float centre) {
  std::vector<float> values = floats(columns, 0.1F);
  for (float& value : values) value += centre;
  return table.add_vector("random", std::move(values));
}

}  // namespace rbee::engine::conformance
