#include "base/checked.h"

#include <random>

#include <gtest/gtest.h>

namespace rbee {
namespace {

__extension__ using Wide = unsigned __int128;

TEST(CheckedTest, agrees_with_128_bit_arithmetic_on_random_products) {
  std::mt19937_64 random(20261122);
  for (int i = 0; i < 1'000'000; ++i) {
    const std::uint64_t a = random() >> (random() % 64), b = random() >> (random() % 64),
                        c = random() >> (random() % 64);
    const Wide exact = static_cast<Wide>(a) * b;
    const bool fits_product = exact <= UINT64_MAX;
    const bool fits = fits_product && exact + c <= UINT64_MAX;
    const Checked got = Checked(a) * b + c;
    ASSERT_EQ(got.overflowed(), !fits) << a << " * " << b << " + " << c;
    if (fits) {
      ASSERT_EQ(got.value_or_throw("x"), static_cast<std::uint64_t>(exact + c));
    }
  }
}

TEST(CheckedTest, padding_near_the_top_overflows) {
  EXPECT_TRUE(Checked(UINT64_MAX).padded_to(32).overflowed());
  EXPECT_EQ(Checked(33).padded_to(32).value_or_throw("x"), 64u);
  EXPECT_EQ(Checked(0).padded_to(32).value_or_throw("x"), 0u);
}

TEST(CheckedTest, an_overflow_stays_remembered) {
  const Checked product = Checked(UINT64_MAX) * 2 - 5;
  EXPECT_TRUE(product.overflowed());
  EXPECT_FALSE(product.at_most(UINT64_MAX));
  EXPECT_THROW(product.value_or_throw("tensor 'x'"), Error);
}

TEST(CheckedTest, subtraction_below_zero_overflows) {
  EXPECT_TRUE((Checked(3) - 4).overflowed());
}

}  // namespace
}  // namespace rbee
