#include "formats/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "formats/half.h"

namespace rbee::formats {
namespace {

constexpr DType kTypes[] = {DType::kQ8_0, DType::kQ4_0, DType::kQ5_0, DType::kQ4_K};

std::vector<float> normal_row(std::size_t values, float deviation, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0, deviation);
  std::vector<float> row(values);
  for (float& value : row) value = normal(random);
  return row;
}

std::vector<std::byte> quantized(DType type, const std::vector<float>& row) {
  std::vector<std::byte> blocks(row_bytes(type, row.size()));
  EXPECT_TRUE(quantize_row(type, row.data(), blocks.data(), row.size())) << dtype_info(type).name;
  return blocks;
}

std::vector<float> round_trip(DType type, const std::vector<float>& row) {
  const std::vector<std::byte> blocks = quantized(type, row);
  std::vector<float> back(row.size());
  dequantize_row(type, blocks.data(), back.data(), back.size());
  return back;
}

// Root of the mean squared error, as a share of the root of the mean square.
double relative_error(const std::vector<float>& row, const std::vector<float>& back) {
  double error = 0, square = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    error += std::pow(static_cast<double>(row[i]) - back[i], 2);
    square += std::pow(static_cast<double>(row[i]), 2);
  }
  return std::sqrt(error / square);
}

TEST(HalfTest, every_half_comes_back_and_between_two_the_nearest_is_taken) {
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_to_float(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value))));
      continue;
    }
    ASSERT_EQ(float_to_half(value), half) << bits;
    if ((bits & 0x7FFF) >= 0x7BFF) continue;  // the largest, and infinity
    const float above = half_to_float(static_cast<std::uint16_t>(bits + 1)), middle = value + (above - value) / 2;
    const auto even = static_cast<std::uint16_t>(bits + (bits & 1));
    ASSERT_EQ(float_to_half(middle), even) << bits;
    ASSERT_EQ(float_to_half(std::nextafter(middle, value)), half) << bits;
    ASSERT_EQ(float_to_half(std::nextafter(middle, above)), bits + 1) << bits;
  }
  EXPECT_EQ(float_to_half(65519.0F), 0x7BFF);
  EXPECT_EQ(float_to_half(65520.0F), 0x7C00);
  EXPECT_EQ(float_to_half(-1e30F), 0xFC00);
}

// Bounds a little above what the formats reach on normally distributed values.
TEST(QuantizeTest, normal_values_come_back_within_the_bound_of_each_type) {
  const std::vector<float> row = normal_row(256 * 64, 0.02F, 1);
  EXPECT_LT(relative_error(row, round_trip(DType::kQ8_0, row)), 0.0056);
  EXPECT_LT(relative_error(row, round_trip(DType::kQ5_0, row)), 0.041);
  EXPECT_LT(relative_error(row, round_trip(DType::kQ4_0, row)), 0.083);
  EXPECT_LT(relative_error(row, round_trip(DType::kQ4_K, row)), 0.072);
}

TEST(QuantizeTest, the_search_beats_the_scale_that_spans_the_block) {
  const std::vector<float> row = normal_row(256 * 64, 1, 2);
  std::vector<float> plain(row.size());
  for (std::size_t begin = 0; begin < row.size(); begin += 32) {
    float largest = 0;
    for (std::size_t i = begin; i < begin + 32; ++i)
      largest = std::fabs(row[i]) > std::fabs(largest) ? row[i] : largest;
    for (std::size_t i = begin; i < begin + 32; ++i) {
      plain[i] = std::clamp(std::nearbyint(row[i] / (largest / -8)), -8.0F, 7.0F) * (largest / -8);
    }
  }
  EXPECT_LT(relative_error(row, round_trip(DType::kQ4_0, row)), 0.95 * relative_error(row, plain));
}

TEST(QuantizeTest, values_that_a_type_holds_exactly_come_back_exactly) {
  std::vector<float> row(256);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(static_cast<int>(i % 16) - 8) * 0.25F;
  EXPECT_EQ(round_trip(DType::kQ4_0, row), row);
  EXPECT_LT(relative_error(row, round_trip(DType::kQ4_K, row)), 0.01) << "its minimum has six bits of its own scale";
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<float>(i % 32 * 8) - 124;
  row[0] = row[32] = row[64] = row[96] = row[128] = row[160] = row[192] = row[224] = -127;
  EXPECT_EQ(round_trip(DType::kQ8_0, row), row);
}

TEST(QuantizeTest, no_value_is_off_by_more_than_its_blocks_step) {
  for (const float deviation : {1e-4F, 0.02F, 3.0F, 900.0F}) {
    const std::vector<float> row = normal_row(256 * 16, deviation, 3);
    for (const DType type : kTypes) {
      const std::vector<float> back = round_trip(type, row);
      const float levels = type == DType::kQ8_0 ? 127 : type == DType::kQ5_0 ? 15 : 7;
      for (std::size_t i = 0; i < row.size(); ++i) {
        float largest = 0;
        for (std::size_t j = i / 32 * 32; j < i / 32 * 32 + 32; ++j) largest = std::max(largest, std::fabs(row[j]));
        ASSERT_LE(std::fabs(row[i] - back[i]), 1.6F * largest / levels + 4e-6F) << dtype_info(type).name << ' ' << i;
      }
    }
  }
}

TEST(QuantizeTest, zeros_stay_zeros_and_denormals_become_zeros) {
  std::vector<float> row(256, 0.0F);
  for (const DType type : kTypes) EXPECT_EQ(round_trip(type, row), row) << dtype_info(type).name;
  for (std::size_t i = 0; i < row.size(); ++i)
    row[i] = std::numeric_limits<float>::denorm_min() * static_cast<float>(i);
  for (const DType type : kTypes) EXPECT_EQ(round_trip(type, row), std::vector<float>(256, 0.0F));
}

TEST(QuantizeTest, one_huge_value_costs_its_block_alone) {
  std::vector<float> row = normal_row(512, 0.02F, 4);
  row[40] = 60000;
  for (const DType type : kTypes) {
    const std::vector<float> back = round_trip(type, row);
    EXPECT_NEAR(back[40], 60000, 600) << dtype_info(type).name;
    const std::vector<float> rest(row.begin() + 256, row.end()), rest_back(back.begin() + 256, back.end());
    EXPECT_LT(relative_error(rest, rest_back), 0.1) << dtype_info(type).name;
    for (const float value : back) ASSERT_TRUE(std::isfinite(value));
  }
}

TEST(QuantizeTest, constant_one_sided_and_alternating_blocks_come_back) {
  std::vector<std::vector<float>> rows(5, std::vector<float>(256));
  for (std::size_t i = 0; i < 256; ++i) {
    rows[0][i] = 0.5F;
    rows[1][i] = -0.5F;
    rows[2][i] = 1 + static_cast<float>(i % 32) / 31;
    rows[3][i] = -rows[2][i];
    rows[4][i] = i % 2 == 0 ? 1.0F : -1.0F;
  }
  for (const std::vector<float>& row : rows) {
    for (const DType type : kTypes) {
      EXPECT_LT(relative_error(row, round_trip(type, row)), 0.08) << dtype_info(type).name << ' ' << row[0];
    }
  }
}

TEST(QuantizeTest, what_is_not_finite_or_too_large_is_refused_wherever_it_stands) {
  const float unfit[] = {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                         std::numeric_limits<float>::quiet_NaN(), 65505.0F, -1e30F};
  std::vector<std::byte> blocks(2048);
  for (const DType type : kTypes) {
    for (const float value : unfit) {
      for (const std::size_t at : {0, 31, 255, 256, 511}) {
        std::vector<float> row(512, 0.1F);
        row[at] = value;
        EXPECT_FALSE(quantize_row(type, row.data(), blocks.data(), row.size())) << value << " at " << at;
      }
    }
    const std::vector<float> largest(256, -kQuantizableMax);
    EXPECT_TRUE(quantize_row(type, largest.data(), blocks.data(), largest.size()));
  }
}

// The cache of one machine is read by another, and threads cut a matrix anywhere.
TEST(QuantizeTest, blocks_are_the_same_bits_on_every_instruction_set_and_at_every_address) {
  for (const float deviation : {1e-6F, 0.02F, 1000.0F}) {
    const std::vector<float> row = normal_row(256 * 32, deviation, 5);
    for (const DType type : kTypes) {
      const std::vector<std::byte> blocks = quantized(type, row);
      std::vector<std::byte> portable(blocks.size() + 1);
      ASSERT_TRUE(quantize_row_portably(type, row.data(), portable.data() + 1, row.size()));
      EXPECT_EQ(std::memcmp(blocks.data(), portable.data() + 1, blocks.size()), 0) << dtype_info(type).name;
      const std::vector<std::byte> last = quantized(type, {row.end() - 256, row.end()});
      EXPECT_TRUE(std::equal(last.rbegin(), last.rend(), blocks.rbegin())) << dtype_info(type).name;
    }
  }
}

}  // namespace
}  // namespace rbee::formats
