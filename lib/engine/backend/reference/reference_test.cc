#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/reference/reference_backend.h"
#include "engine/graph/graph_builder.h"

namespace rbee::engine {
namespace {

// Runs a graph over one sequence that starts at position 0.
std::vector<float> run_once(const Graph& graph, const WeightTable& weights, const KvLayout& kv,
                            const std::vector<float>& input, std::uint32_t tokens) {
  ReferenceBackend backend;
  const auto plan =
      backend.compile(graph, weights, kv, {.tokens_max = tokens, .outputs_max = tokens, .sequences_max = 1});
  const std::vector<TokenId> ids(tokens);
  const std::vector<BlockId> blocks = {BlockId(1), BlockId(0)};
  const std::vector<StepSequence> sequences = {{.tokens = tokens, .prompt_tokens = tokens, .blocks = blocks}};
  std::vector<float> output(std::size_t{tokens} * graph.values[graph.output.value()].columns, NAN);
  backend.run(*plan, {.tokens = ids, .sequences = sequences, .output_rows = {}, .input = input}, output);
  return output;
}

TEST(ReferenceTest, rms_norm_by_hand) {
  WeightTable weights;
  const WeightId w = weights.add_vector("w", {1.0F, 2.0F});
  GraphBuilder builder(weights);
  const ValueId x = builder.input(4);
  const Graph graph = builder.finish(builder.rms_norm(x, w, 0.0F, 2));
  const auto out = run_once(graph, weights, {}, {3, 4, 0, 2}, 1);
  const float rms = std::sqrt(12.5F);
  EXPECT_FLOAT_EQ(out[0], 3 / rms);
  EXPECT_FLOAT_EQ(out[1], 8 / rms);
  EXPECT_FLOAT_EQ(out[2], 0);
  EXPECT_FLOAT_EQ(out[3], 4 / std::sqrt(2.0F));
}

TEST(ReferenceTest, rope_layouts_rotate_the_channels_they_name) {
  WeightTable weights;
  for (const bool interleaved : {false, true}) {
    GraphBuilder builder(weights);
    const std::uint32_t table = builder.add_rope_table({.inverse_frequencies = {0.5F}, .interleaved = interleaved});
    const ValueId x = builder.input(3);  // rotary_dim 2 of head_dim 3
    const Graph graph = builder.finish(builder.rope(x, 1, 3, table));
    const auto out = run_once(graph, weights, {}, {1, 0, 7, 1, 0, 7}, 2);
    EXPECT_FLOAT_EQ(out[3], std::cos(0.5F));
    EXPECT_FLOAT_EQ(out[4], std::sin(0.5F));
    EXPECT_FLOAT_EQ(out[5], 7);
  }
}

TEST(ReferenceTest, long_rope_applies_to_prompts_longer_than_the_original_context) {
  WeightTable weights;
  for (const std::uint32_t tokens : {2u, 3u}) {
    GraphBuilder builder(weights);
    const std::uint32_t table = builder.add_rope_table(
        {.inverse_frequencies = {1.0F}, .long_inverse_frequencies = {0.25F}, .long_after = 2, .magnitude = 2.0F});
    const Graph graph = builder.finish(builder.rope(builder.input(2), 1, 2, table));
    const auto out = run_once(graph, weights, {}, std::vector<float>(2 * tokens, 1.0F), tokens);
    const float angle = tokens > 2 ? 0.25F : 1.0F;
    EXPECT_FLOAT_EQ(out[2], 2 * (std::cos(angle) - std::sin(angle)));
  }
}

TEST(ReferenceTest, attention_sees_its_window_across_blocks) {
  WeightTable weights;
  for (const std::uint32_t window : {0u, 2u}) {
    GraphBuilder builder(weights);
    const ValueId x = builder.input(3);  // q, k, v of one head of size 1
    builder.kv_append(builder.slice_columns(x, 1, 1), builder.slice_columns(x, 2, 1), 0, 1, 1);
    const Graph graph = builder.finish(builder.attention(
        builder.slice_columns(x, 0, 1), {.layer = 0, .heads = 1, .kv_heads = 1, .head_dim = 1, .window = window}));
    const KvLayout kv{.layers = 1, .kv_heads = 1, .head_dim = 1, .block_tokens = 2, .blocks = 2};
    // Queries of zero make every visible value weigh the same.
    const auto out = run_once(graph, weights, kv, {0, 1, 10, 0, 1, 20, 0, 1, 60}, 3);
    EXPECT_FLOAT_EQ(out[0], 10);
    EXPECT_FLOAT_EQ(out[1], 15);
    EXPECT_FLOAT_EQ(out[2], window == 0 ? 30 : 40);
  }
}

}  // namespace
}  // namespace rbee::engine
