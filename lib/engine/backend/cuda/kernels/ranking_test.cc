// The order of candidates as numbers, on the host: the same source that the device's compiler gets.

#include "engine/backend/cuda/kernels/ranking.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace rbee::engine::cuda {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(KernelRanking, a_higher_value_ranks_first) {
  const std::vector<float> rising = {-kInfinity, -3.4028235e38F, -1.5F, -1.0F,         -1e-45F,  0.0F,
                                     1e-45F,     1.0F,           1.5F,  3.4028235e38F, kInfinity};
  for (std::size_t i = 0; i + 1 < rising.size(); ++i) {
    EXPECT_LT(rank_of(rising[i], 0), rank_of(rising[i + 1], 0xFFFFFFFEU)) << rising[i];
  }
}

TEST(KernelRanking, of_equal_values_the_lower_column_ranks_first) {
  for (const float value : {-kInfinity, -2.0F, 0.0F, 3.0F, kInfinity}) {
    EXPECT_GT(rank_of(value, 7), rank_of(value, 8));
  }
  EXPECT_GT(rank_of(-0.0F, 1), rank_of(0.0F, 2));
  EXPECT_GT(rank_of(0.0F, 1), rank_of(-0.0F, 2));
}

TEST(KernelRanking, what_is_no_number_counts_as_infinity) {
  for (const u32 bits : {0x7FC00000U, 0xFFC00000U, 0x7F800001U, 0xFFFFFFFFU}) {
    for (const u32 column : {0U, 5U, 151935U}) EXPECT_EQ(rank_of(float_of(bits), column), rank_of(kInfinity, column));
  }
}

TEST(KernelRanking, a_rank_holds_its_column_and_is_never_the_lowest_or_the_highest_number) {
  for (const float value : {-kInfinity, 0.0F, kInfinity, std::nanf("")}) {
    for (const u32 column : {0U, 1U, 262143U, 0x7FFFFFFFU}) {
      EXPECT_EQ(column_of(rank_of(value, column)), column);
      EXPECT_NE(rank_of(value, column), 0U);
      EXPECT_NE(rank_of(value, column), ~u64{0});
    }
  }
}

}  // namespace
}  // namespace rbee::engine::cuda
