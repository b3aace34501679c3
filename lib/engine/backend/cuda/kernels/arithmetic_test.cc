// What kernels compute with, on the host: the same source that the device's compiler gets.

#include "engine/backend/cuda/kernels/arithmetic.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/cuda/kernels/cache_rows.h"
#include "engine/backend/cuda/kernels/packed_weights.h"
#include "engine/backend/cuda/kernels/rotation.h"
#include "engine/backend/cuda/kernels/softmax.h"
#include "engine/tensor/weight_packing.h"
#include "formats/dtype.h"
#include "formats/half.h"

namespace rbee::engine::cuda {
namespace {

TEST(KernelHalf, every_pattern_is_widened_and_narrowed_exactly) {
  for (u32 half = 0; half < 0x10000; ++half) {
    const float value = formats::half_to_float(static_cast<std::uint16_t>(half));
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(float_of_half(half)));
      EXPECT_TRUE(std::isnan(float_of_half(half_of(value))));
      continue;
    }
    ASSERT_EQ(bits_of(float_of_half(half)), bits_of(value)) << half;
    ASSERT_EQ(half_of(value), half);
  }
}

TEST(KernelHalf, numbers_between_go_to_the_nearest_and_ties_to_even) {
  for (u32 half = 0; half < 0x7BFF; ++half) {
    const double low = float_of_half(half), high = float_of_half(half + 1), middle = (low + high) / 2;
    ASSERT_EQ(half_of(static_cast<float>(middle)), half % 2 == 0 ? half : half + 1);
    ASSERT_EQ(half_of(std::nextafter(static_cast<float>(middle), 0.0F)), half);
    ASSERT_EQ(half_of(std::nextafter(static_cast<float>(middle), 1e9F)), half + 1);
  }
  EXPECT_EQ(half_of(65519.0F), 0x7BFFU);
  EXPECT_EQ(half_of(65520.0F), 0x7C00U);
}

TEST(KernelBfloat16, numbers_go_to_the_nearest_and_ties_to_even) {
  EXPECT_EQ(bfloat16_of(1.0F), 0x3F80U);
  EXPECT_EQ(bfloat16_of(float_of(0x3F808000U)), 0x3F80U);
  EXPECT_EQ(bfloat16_of(float_of(0x3F818000U)), 0x3F82U);
  EXPECT_EQ(bfloat16_of(float_of(0x3F808001U)), 0x3F81U);
  EXPECT_EQ(bfloat16_of(std::numeric_limits<float>::infinity()), 0x7F80U);
  EXPECT_TRUE(std::isnan(formats::bfloat16_to_float(static_cast<std::uint16_t>(bfloat16_of(std::nanf(""))))));
}

/// The largest of |found - expected| / max(|expected|, floor) over x in [begin, end].
template <typename Function, typename Expected>
double worst(double begin, double end, double floor, const Function& function, const Expected& expected) {
  double most = 0;
  for (int i = 0; i <= 100000; ++i) {
    const auto x = static_cast<float>(begin + (end - begin) * i / 100000);
    const double want = expected(double{x});
    most = std::max(most, std::abs(function(x) - want) / std::max(std::abs(want), floor));
  }
  return most;
}

TEST(KernelFunctions, are_those_of_the_mathematics_library) {
  EXPECT_LT(worst(-87, 88, 0, exp_of, [](double x) { return std::exp(x); }), 3e-7);
  EXPECT_LT(worst(-10, 10, 1e-30, tanh_of, [](double x) { return std::tanh(x); }), 5e-7);
  EXPECT_LT(worst(0, 9, 1e-30, erfc_of, [](double x) { return std::erfc(x); }), 1e-5);
  EXPECT_LT(worst(-30, 30, 1e-6, silu_of, [](double x) { return x / (1 + std::exp(-x)); }), 2e-6);
  EXPECT_LT(worst(-8, 8, 1e-3, gelu_erf_of, [](double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); }), 2e-6);
  EXPECT_LT(worst(-8, 8, 1e-3, gelu_tanh_of,
                  [](double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }),
            2e-6);
  EXPECT_EQ(exp_of(-200.0F), 0.0F);
  EXPECT_TRUE(std::isfinite(exp_of(1000.0F)));
}

TEST(KernelRotation, is_that_of_the_mathematics_library_to_the_last_bits) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> exponent(-20, 21);
  for (int i = 0; i < 200000; ++i) {
    const float angle = std::exp2(exponent(random));
    const Rotation found = rotation_of(angle, 1.19F);
    ASSERT_NEAR(found.cosine, std::cos(double{angle}) * 1.19F, 8e-8) << angle;
    ASSERT_NEAR(found.sine, std::sin(double{angle}) * 1.19F, 8e-8) << angle;
  }
  EXPECT_EQ(rotation_of(0.0F, 1.0F).cosine, 1.0F);
  EXPECT_EQ(rotation_of(0.0F, 1.0F).sine, 0.0F);
}

template <WeightType type>
void expect_unpacked(formats::DType dtype) {
  SCOPED_TRACE(formats::dtype_info(dtype).name);
  constexpr u32 kColumns = 768;
  std::mt19937 random(11);
  std::vector<unsigned char> row(formats::row_bytes(dtype, kColumns));
  for (unsigned char& byte : row) byte = static_cast<unsigned char>(random());
  std::vector<float> expected(kColumns);
  formats::dequantize_row(dtype, row.data(), expected.data(), kColumns);
  std::vector<FourWords> packed(packed_row_words(dtype, kColumns) / 4);
  u32* const words = packed[0].word;
  pack_row(dtype, reinterpret_cast<const std::byte*>(row.data()), kColumns, words);
  for (u32 k = 0; k < kColumns; ++k) {
    const float found = load_eight<type>(words, k / 8, kColumns).value[k % 8], want = expected[k];
    if (std::isfinite(want)) {
      ASSERT_EQ(found, want) << "value " << k;
    } else {
      ASSERT_FALSE(std::isfinite(found)) << "value " << k;
    }
  }
}

TEST(KernelWeights, random_bits_of_every_type_are_unpacked_as_the_reference_decoder_does) {
  using formats::DType;
  expect_unpacked<WeightType::F32>(DType::kF32);
  expect_unpacked<WeightType::F16>(DType::kF16);
  expect_unpacked<WeightType::BF16>(DType::kBF16);
  expect_unpacked<WeightType::Q8_0>(DType::kQ8_0);
  expect_unpacked<WeightType::Q4_0>(DType::kQ4_0);
  expect_unpacked<WeightType::Q5_0>(DType::kQ5_0);
  expect_unpacked<WeightType::Q4_K>(DType::kQ4_K);
  expect_unpacked<WeightType::Q5_K>(DType::kQ5_K);
  expect_unpacked<WeightType::Q6_K>(DType::kQ6_K);
  expect_unpacked<WeightType::IQ4_NL>(DType::kIQ4_NL);
}

TEST(KernelSoftmax, parts_put_together_are_the_softmax_of_all) {
  std::mt19937 random(3);
  std::normal_distribution<float> normal(0, 20);
  std::vector<float> scores(700), values(700);
  for (float& score : scores) score = normal(random);
  for (float& value : values) value = normal(random);
  SoftmaxPart total{0, 0};
  float sum = 0;
  for (std::size_t begin = 0; begin < scores.size(); begin += 100) {
    SoftmaxPart part{scores[begin], 0};
    float part_sum = 0;
    for (std::size_t j = begin; j < begin + 100; ++j) part.top = larger(part.top, scores[j]);
    for (std::size_t j = begin; j < begin + 100; ++j) {
      const float weight = exp_of(scores[j] - part.top);
      part.weight += weight;
      part_sum += weight * values[j];
    }
    sum = put_together(sum, part_sum, put_together(total, part));
  }
  double weights = 0, expected = 0;
  for (std::size_t j = 0; j < scores.size(); ++j) {
    weights += std::exp(double{scores[j]} - total.top);
    expected += std::exp(double{scores[j]} - total.top) * values[j];
  }
  EXPECT_NEAR(sum / total.weight, expected / weights, 1e-4);
}

TEST(KernelSoftmax, a_window_ends_at_the_asking_position) {
  EXPECT_EQ(first_position(9, 0), 0U);
  EXPECT_EQ(first_position(9, 4), 6U);
  EXPECT_EQ(first_position(2, 4), 0U);
  EXPECT_EQ(first_position(3, 4), 0U);
  EXPECT_EQ(first_position(4, 4), 1U);
}

TEST(KernelCache, a_word_gives_back_what_its_type_can_hold) {
  EXPECT_EQ(cache_value<CacheType::F32>(cache_word<CacheType::F32>(0.1F, 0.0F), 0), 0.1F);
  const u32 halves = cache_word<CacheType::F16>(1.5F, -0.25F), bfloats = cache_word<CacheType::BF16>(3.0F, -7.0F);
  EXPECT_EQ(cache_value<CacheType::F16>(halves, 0), 1.5F);
  EXPECT_EQ(cache_value<CacheType::F16>(halves, 1), -0.25F);
  EXPECT_EQ(cache_value<CacheType::BF16>(bfloats, 0), 3.0F);
  EXPECT_EQ(cache_value<CacheType::BF16>(bfloats, 1), -7.0F);
}

}  // namespace
}  // namespace rbee::engine::cuda
