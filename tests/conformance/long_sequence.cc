#include "long_sequence.h"

#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/reference/reference_backend.h"
#include "engine/graph/graph_builder.h"
#include "random_weights.h"

namespace rbee::engine::conformance {
namespace {

constexpr std::uint32_t kHeads = 2, kHeadDim = 16, kColumns = kHeads * kHeadDim, kHistory = 1280;

/// Attention over a long sequence, alone or in the company of five that begin: one token of each.
class LongSequence {
 public:
  explicit LongSequence(std::uint32_t window) : random_(window) {
    GraphBuilder builder(weights_);
    const ValueId x = builder.input(3 * kColumns);
    builder.kv_append(builder.slice_columns(x, kColumns, kColumns), builder.slice_columns(x, 2 * kColumns, kColumns), 0,
                      kHeads, kHeadDim);
    graph_ = builder.finish(builder.attention(
        builder.slice_columns(x, 0, kColumns),
        {.layer = 0, .heads = kHeads, .kv_heads = kHeads, .head_dim = kHeadDim, .window = window, .scale = 0.4F}));
    for (std::uint32_t b = 0; b < kv_.blocks; ++b) blocks_.emplace_back(b * 37 % kv_.blocks);
    history_ = random_.floats(std::size_t{kHistory} * 3 * kColumns, 1.0F);
    tokens_ = random_.floats(std::size_t{6} * 3 * kColumns, 1.0F);
  }

  /// What the long sequence's next token gets.
  std::vector<float> next(Backend& backend, std::uint32_t company) const {
    const auto plan =
        backend.compile(graph_, weights_, kv_, {.tokens_max = 256, .outputs_max = 256, .sequences_max = 6});
    const std::span<const BlockId> blocks(blocks_);
    std::vector<float> output(std::size_t{256} * kColumns);
    const std::vector<TokenId> ids(256);
    for (std::uint32_t at = 0; at < kHistory; at += 256) {
      const StepSequence part{.tokens = 256, .position = at, .blocks = blocks.first(90)};
      backend.run(
          *plan,
          {.tokens = ids,
           .sequences = {&part, 1},
           .input = std::span(history_).subspan(std::size_t{at} * 3 * kColumns, std::size_t{256} * 3 * kColumns)},
          output);
    }
    std::vector<StepSequence> sequences{{.tokens = 1, .position = kHistory, .blocks = blocks.first(90)}};
    for (std::uint32_t i = 1; i <= company; ++i) {
      sequences.push_back({.first_token = i, .tokens = 1, .blocks = blocks.subspan(90 + i, 1)});
    }
    output.resize(sequences.size() * kColumns);
    backend.run(*plan,
                {.tokens = std::span(ids).first(sequences.size()),
                 .sequences = sequences,
                 .input = std::span(tokens_).first(sequences.size() * 3 * kColumns)},
                output);
    output.resize(kColumns);
    return output;
  }

 private:
  RandomWeights random_;
  WeightTable weights_;
  Graph graph_;
  const KvLayout kv_{.layers = 1,
                     .kv_heads = kHeads,
                     .head_dim = kHeadDim,
                     .block_tokens = 16,
                     .blocks = 100,
                     .dtype = formats::DType::kF32};
  std::vector<BlockId> blocks_;
  std::vector<float> history_, tokens_;
};

}  // namespace

void expect_same_in_company(Backend& backend) {
  for (const std::uint32_t window : {0U, 700U, 40U}) {
    const LongSequence sequence(window);
    const std::vector<float> alone = sequence.next(backend, 0), in_company = sequence.next(backend, 5);
    EXPECT_EQ(alone, in_company) << "window " << window;
    ReferenceBackend reference;
    const std::vector<float> expected = sequence.next(reference, 0);
    for (std::size_t i = 0; i < kColumns; ++i) EXPECT_NEAR(alone[i], expected[i], 1e-5) << "window " << window;
  }
}

}  // namespace rbee::engine::conformance
