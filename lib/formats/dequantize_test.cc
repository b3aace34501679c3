#include <bit>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "base/checked.h"
#include "base/file.h"
#include "formats/dtype.h"
#include "formats/half.h"

namespace rbee::formats {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr DType kAll[] = {DType::kF32,  DType::kF16,  DType::kBF16, DType::kQ8_0, DType::kQ4_0,
                          DType::kQ5_0, DType::kQ4_K, DType::kQ5_K, DType::kQ6_K, DType::kIQ4_NL};

// tests/data/formats/dequantize/<type>.bin: 3 blocks (96 values of plain types) of random bytes with moderate scales,
// then their float32 values as the gguf package of llama.cpp decodes them.
TEST(DequantizeTest, every_type_decodes_bit_for_bit_as_the_reference) {
  for (const DType dtype : kAll) {
    const DTypeInfo info = dtype_info(dtype);
    const std::uint64_t values = info.block_values == 1 ? 96 : 3 * info.block_values;
    const std::string file =
        read_file(std::string(RBEE_TEST_DATA) + "/formats/dequantize/" + std::string(info.name) + ".bin", 1 << 20);
    const std::uint64_t bytes = row_bytes(dtype, values);
    ASSERT_EQ(file.size(), bytes + values * sizeof(float)) << info.name;
    std::string odd = "x" + file;  // the row begins at an odd address
    std::vector<float> decoded(values);
    dequantize_row(dtype, odd.data() + 1, decoded.data(), values);
    for (std::uint64_t i = 0; i < values; ++i) {
      float expected;
      std::memcpy(&expected, file.data() + bytes + i * sizeof(float), sizeof expected);
      ASSERT_EQ(std::bit_cast<std::uint32_t>(decoded[i]), std::bit_cast<std::uint32_t>(expected))
          << info.name << " value " << i << ": " << decoded[i] << " for " << expected;
    }
  }
}

TEST(DequantizeTest, halves_widen_exactly) {
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const float value = half_to_float(static_cast<std::uint16_t>(bits));
    const int exponent = static_cast<int>(bits >> 10 & 31), fraction = static_cast<int>(bits & 1023);
    if (exponent == 31) {
      EXPECT_EQ(std::isnan(value), fraction != 0);
      EXPECT_TRUE(fraction != 0 || std::isinf(value));
    } else {
      const double magnitude = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
      ASSERT_EQ(static_cast<double>(value), (bits & 0x8000) != 0 ? -magnitude : magnitude) << bits;
    }
    ASSERT_EQ(std::signbit(value), (bits & 0x8000) != 0);
  }
  EXPECT_EQ(bfloat16_to_float(0x3F80), 1.0f);
}

TEST(DequantizeTest, bytes_of_a_tensor_agree_with_128_bit_arithmetic) {
  std::mt19937_64 random(20261122);
  for (int i = 0; i < 1'000'000; ++i) {
    const DTypeInfo info = dtype_info(kAll[random() % std::size(kAll)]);
    const std::uint64_t rows = random() >> (random() % 64), blocks = random() >> (random() % 64);
    const Wide exact = static_cast<Wide>(rows) * blocks;
    const bool fits = exact <= UINT64_MAX && exact * info.block_bytes <= UINT64_MAX;
    const Checked bytes = Checked(rows) * blocks * info.block_bytes;
    ASSERT_EQ(!bytes.overflowed(), fits) << rows << " x " << blocks << " blocks of " << info.name;
    if (fits) {
      ASSERT_EQ(bytes.value_or_throw(""), static_cast<std::uint64_t>(exact * info.block_bytes));
    }
  }
}

}  // namespace
}  // namespace rbee::formats
