#include "engine/models/rope_frequencies.h"

#include <gtest/gtest.h>

namespace rbee::engine {
namespace {

using formats::RopeConfig;

// The expected tables were computed by transformers 5.12.1 (modeling_rope_utils.py).
void expect_near(const std::vector<float>& found, const std::vector<double>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(found[i] / wanted[i], 1.0, 2e-6) << "pair " << i;
}

TEST(RopeFrequenciesTest, llama3_scaling_stretches_long_waves) {
  const RopeTable table = make_rope_table({.scaling = RopeConfig::Scaling::kLlama3,
                                           .theta = 500000.0,
                                           .rotary_dim = 16,
                                           .factor = 8.0,
                                           .low_freq_factor = 1.0,
                                           .high_freq_factor = 4.0,
                                           .original_context = 8192},
                                          131072);
  EXPECT_EQ(table.magnitude, 1.0F);
  expect_near(table.inverse_frequencies,
              {1.0, 0.193922758102417, 0.03760603070259094, 0.00729266507551074, 0.0005248460220173001,
               3.428102354519069e-05, 6.647869668086059e-06, 1.289173155782919e-06});
}

TEST(RopeFrequenciesTest, yarn_blends_and_raises_the_magnitude) {
  const RopeTable table = make_rope_table(
      {.scaling = RopeConfig::Scaling::kYarn, .rotary_dim = 16, .factor = 4.0, .original_context = 8192}, 32768);
  EXPECT_NEAR(table.magnitude, 1.138629436111989, 1e-6);
  expect_near(table.inverse_frequencies,
              {1.0, 0.3162277638912201, 0.10000000149011612, 0.03162277862429619, 0.008124999701976776,
               0.0019764236640185118, 0.00043750001350417733, 7.905694656074047e-05});
}

TEST(RopeFrequenciesTest, linear_scaling_divides) {
  const RopeTable table =
      make_rope_table({.scaling = RopeConfig::Scaling::kLinear, .rotary_dim = 16, .factor = 4.0}, 4096);
  expect_near(table.inverse_frequencies,
              {0.25, 0.07905694097280502, 0.02500000037252903, 0.007905694656074047, 0.0024999999441206455,
               0.0007905694656074047, 0.0002500000118743628, 7.905694656074047e-05});
}

TEST(RopeFrequenciesTest, longrope_has_a_table_for_each_length) {
  const RopeTable table = make_rope_table({.scaling = RopeConfig::Scaling::kLongRope,
                                           .rotary_dim = 8,
                                           .original_context = 4096,
                                           .short_factors = {1.0F, 1.5F, 2.0F, 2.5F},
                                           .long_factors = {1.0F, 3.0F, 8.0F, 20.0F}},
                                          131072);
  EXPECT_NEAR(table.magnitude, 1.1902380714238083, 1e-6);
  EXPECT_EQ(table.long_after, 4096u);
  expect_near(table.inverse_frequencies, {1.0, 0.06666667014360428, 0.004999999888241291, 0.00039999998989515007});
  expect_near(table.long_inverse_frequencies, {1.0, 0.03333333507180214, 0.0012499999720603228, 4.999999873689376e-05});
}

TEST(RopeFrequenciesTest, divisors_of_a_gguf_file_apply_to_each_pair) {
  const RopeTable table = make_rope_table(
      {.layout = formats::RopeLayout::kInterleaved, .rotary_dim = 4, .frequency_divisors = {1.0F, 8.0F}}, 4096);
  EXPECT_TRUE(table.interleaved);
  expect_near(table.inverse_frequencies, {1.0, 0.01 / 8});
}

}  // namespace
}  // namespace rbee::engine
