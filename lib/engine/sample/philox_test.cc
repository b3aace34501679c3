#include "engine/sample/philox.h"

#include <gtest/gtest.h>

namespace rbee::engine {
namespace {

using Words4 = std::array<std::uint32_t, 4>;

// Known answers that the paper's authors publish with their library.
TEST(Philox, gives_the_published_answers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words4{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Words4{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words4{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, draws_are_uniform_and_differ_by_seed_and_index) {
  constexpr int kDraws = 100'000, kBins = 20;
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    std::array<int, kBins> bins{};
    for (int i = 0; i < kDraws; ++i) {
      const double u = uniform_draw(seed, static_cast<std::uint64_t>(i));
      ASSERT_GE(u, 0.0);
      ASSERT_LT(u, 1.0);
      ++bins[static_cast<std::size_t>(u * kBins)];
    }
    double chi_squared = 0;
    const double expected = double{kDraws} / kBins;
    for (const int n : bins) chi_squared += (n - expected) * (n - expected) / expected;
    EXPECT_LT(chi_squared, 43.8) << "19 degrees of freedom, p = 0.001";
  }
  EXPECT_NE(uniform_draw(1, 0), uniform_draw(2, 0));
  EXPECT_NE(uniform_draw(1, 0), uniform_draw(1, 1));
}

}  // namespace
}  // namespace rbee::engine
