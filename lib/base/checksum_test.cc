#include "base/checksum.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rbee {
namespace {

std::vector<std::byte> random_bytes(std::size_t count) {
  std::mt19937_64 random(count);
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

TEST(ChecksumTest, every_flipped_bit_is_seen) {
  for (const std::size_t size : {1, 7, 8, 63, 64, 65, 200}) {
    std::vector<std::byte> bytes = random_bytes(size);
    const std::uint64_t sum = checksum64(bytes);
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
      EXPECT_NE(checksum64(bytes), sum) << size << " bytes, bit " << bit;
      bytes[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    }
    EXPECT_EQ(checksum64(bytes), sum);
  }
}

TEST(ChecksumTest, lengths_orders_and_seeds_differ) {
  std::set<std::uint64_t> sums;
  std::vector<std::byte> zeros;
  for (int i = 0; i < 300; ++i) {
    EXPECT_TRUE(sums.insert(checksum64(zeros)).second) << i << " zeros";
    zeros.push_back(std::byte{0});
  }
  std::vector<std::byte> bytes = random_bytes(256);
  EXPECT_TRUE(sums.insert(checksum64(bytes)).second);
  EXPECT_TRUE(sums.insert(checksum64(bytes, 1)).second);
  std::swap_ranges(bytes.begin(), bytes.begin() + 64, bytes.begin() + 64);
  EXPECT_TRUE(sums.insert(checksum64(bytes)).second) << "two blocks changed places";
  std::swap_ranges(bytes.begin(), bytes.begin() + 8, bytes.begin() + 8);
  EXPECT_TRUE(sums.insert(checksum64(bytes)).second) << "two words changed places";
}

// Files on disk hold these numbers.
TEST(ChecksumTest, the_numbers_stay_what_they_are) {
  EXPECT_EQ(checksum64("a bee is an insect that lives in a hive with many other bees, and makes honey"),
            4753021978274756833U);
}

}  // namespace
}  // namespace rbee
