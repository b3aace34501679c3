#include "engine/backend/step_shape.h"

#include <vector>

#include <gtest/gtest.h>

namespace rbee::engine {
namespace {

constexpr SplitRule kRule{.tokens_max = 4, .positions = 512, .splits_max = 12};
constexpr StepLimits kLimits{.tokens_max = 4096, .outputs_max = 64, .sequences_max = 1};

/// Of one sequence: so many tokens from `position` on, with the output of the last ones.
StepShape shape(std::uint32_t tokens, std::uint32_t position, std::uint32_t outputs = 1,
                const StepLimits& limits = kLimits) {
  const std::vector<TokenId> ids(tokens);
  const std::vector<std::uint32_t> rows(outputs);
  const StepSequence sequence{.tokens = tokens, .position = position};
  return shape_of({.tokens = ids, .sequences = {&sequence, 1}, .output_rows = rows}, limits, kRule);
}

TEST(StepShape, few_shapes_serve_all_counts) {
  std::uint32_t classes = 0, last = 0;
  for (std::uint32_t rows = 1; rows <= 4096; ++rows) {
    const std::uint32_t found = shape(rows, 0).tokens;
    EXPECT_GE(found, rows);
    EXPECT_LE(found, rows + rows / 4);
    if (found != last) ++classes;
    last = found;
  }
  EXPECT_LT(classes, 60U);
}

TEST(StepShape, nothing_is_larger_than_the_plan_can_run) {
  EXPECT_EQ(shape(33, 0, 33, {.tokens_max = 34, .outputs_max = 33}), (StepShape{.tokens = 34, .outputs = 33}));
  EXPECT_EQ(shape(33, 0, 0), (StepShape{.tokens = 40, .outputs = 0}));
}

TEST(StepShape, attention_is_split_in_small_steps_over_many_positions) {
  EXPECT_EQ(shape(1, 511).splits, 0U);  // 512 positions: one split
  EXPECT_EQ(shape(1, 512).splits, 2U);
  EXPECT_EQ(shape(4, 512 * 2).splits, 4U);   // three, and few shapes serve all
  EXPECT_EQ(shape(5, 512 * 2).splits, 0U);   // many tokens
  EXPECT_EQ(shape(1, 512 * 9).splits, 12U);  // ten, at most as many as there is room for
  EXPECT_EQ(shape(1, 512 * 11).splits, 12U);
  EXPECT_EQ(shape(1, 512 * 12).splits, 0U);  // no room
}

}  // namespace
}  // namespace rbee::engine
