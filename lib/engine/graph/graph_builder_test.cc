#include "engine/graph/graph_builder.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::engine {
namespace {

TEST(GraphBuilderTest, a_wrong_weight_shape_is_an_error_that_names_it) {
  WeightTable weights;
  const WeightId w = weights.add({.name = "blk.0.attn_q.weight", .rows = 8, .columns = 12});
  GraphBuilder builder(weights);
  const ValueId x = builder.input(16);
  try {
    builder.matmul(x, w);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadFile);
    EXPECT_STREQ(error.what(), "tensor 'blk.0.attn_q.weight' is [8, 12], the model's configuration needs [8, 16]");
  }
}

TEST(GraphBuilderTest, vectors_must_match_their_columns) {
  WeightTable weights;
  const WeightId norm = weights.add_vector("norm", std::vector<float>(15));
  GraphBuilder builder(weights);
  const ValueId x = builder.input(16);
  EXPECT_THROW(builder.rms_norm(x, norm, 1e-5F, 16), Error);
  EXPECT_THROW(builder.add_bias(x, norm), Error);
}

TEST(GraphBuilderTest, shapes_follow_the_ops) {
  WeightTable weights;
  const WeightId w = weights.add({.name = "w", .rows = 8, .columns = 16});
  GraphBuilder builder(weights);
  const ValueId y = builder.matmul(builder.take_rows(builder.input(16)), w);
  const ValueId z = builder.slice_columns(y, 2, 5);
  EXPECT_EQ(builder.columns(y), 8u);
  EXPECT_EQ(builder.columns(z), 5u);
  const Graph graph = builder.finish(z);
  EXPECT_EQ(graph.values[z.value()].rows, RowKind::kOutputs);
  EXPECT_EQ(graph.ops.size(), 4u);
}

}  // namespace
}  // namespace rbee::engine
