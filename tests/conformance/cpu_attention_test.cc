// Attention deeper than one span: the same bits alone and in company, whole and in pieces, with any number of threads.

#include <algorithm>
#include <bit>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backend/cpu/cpu_backend.h"
#include "engine/graph/graph_builder.h"
#include "random_weights.h"

namespace rbee::engine::conformance {
namespace {

using formats::DType;

struct Shape {
  std::uint32_t heads, kv_heads, head_dim, window, block_tokens;
  DType cache;
};

constexpr std::uint32_t kSequences = 2;

/// At most two sequences of made-up queries, keys and values, [tokens][columns] each.
struct Work {
  Work(const Shape& its_shape, std::uint32_t its_tokens, std::uint64_t seed)
      : shape(its_shape), tokens(its_tokens), columns((shape.heads + 2 * shape.kv_heads) * shape.head_dim) {
    GraphBuilder builder(weights);
    const std::uint32_t q = shape.heads * shape.head_dim, kv = shape.kv_heads * shape.head_dim;
    const ValueId x = builder.input(columns);
    builder.kv_append(builder.slice_columns(x, q, kv), builder.slice_columns(x, q + kv, kv), 0, shape.kv_heads,
                      shape.head_dim);
    graph = builder.finish(builder.attention(builder.slice_columns(x, 0, q), {.layer = 0,
                                                                              .heads = shape.heads,
                                                                              .kv_heads = shape.kv_heads,
                                                                              .head_dim = shape.head_dim,
                                                                              .window = shape.window,
                                                                              .scale = 0.4F,
                                                                              .softcap = 0.0F}));
    RandomWeights random(seed);
    for (auto& input : inputs) input = random.floats(std::size_t{tokens} * columns, 1.0F);
    const std::uint32_t each = (tokens + shape.block_tokens - 1) / shape.block_tokens;
    for (std::uint32_t b = 0; b < each; ++b) {
      for (std::uint32_t s = 0; s < kSequences; ++s) blocks[s].push_back(BlockId(kSequences * (each - 1 - b) + s));
    }
    kv_layout = {.layers = 1,
                 .kv_heads = shape.kv_heads,
                 .head_dim = shape.head_dim,
                 .block_tokens = shape.block_tokens,
                 .blocks = kSequences * each,
                 .dtype = shape.cache};
  }

  std::uint32_t output_columns() const { return shape.heads * shape.head_dim; }

  Shape shape;
  std::uint32_t tokens, columns;
  std::uint32_t sequences = kSequences;  // that run
  WeightTable weights;
  Graph graph;
  KvLayout kv_layout;
  std::vector<float> inputs[kSequences];
  std::vector<BlockId> blocks[kSequences];
};

/// Runs the sequences to their end; counts() says how many tokens of each are in the next step. Returns their outputs.
template <typename Counts>
std::vector<std::vector<float>> run(const Work& work, cpu::Isa isa, std::uint32_t threads, const Counts& counts) {
  const auto backend = make_cpu_backend(CpuOptions{.threads = threads, .isa = isa});
  const auto plan = backend->compile(
      work.graph, work.weights, work.kv_layout,
      {.tokens_max = kSequences * work.tokens, .outputs_max = kSequences * work.tokens, .sequences_max = kSequences});
  std::vector<std::vector<float>> outputs(kSequences);
  std::uint32_t done[kSequences] = {};
  while (std::any_of(done, done + work.sequences, [&](std::uint32_t d) { return d < work.tokens; })) {
    std::vector<StepSequence> sequences;
    std::vector<float> input;
    std::vector<TokenId> tokens;
    for (std::uint32_t s = 0; s < work.sequences; ++s) {
      const std::uint32_t n = std::min<std::uint32_t>(counts(s), work.tokens - done[s]);
      if (n == 0) continue;
      sequences.push_back({.first_token = static_cast<std::uint32_t>(tokens.size()),
                           .tokens = n,
                           .position = done[s],
                           .prompt_tokens = work.tokens,
                           .blocks = work.blocks[s]});
      tokens.insert(tokens.end(), n, TokenId(0));
      const auto from = work.inputs[s].begin() + static_cast<std::ptrdiff_t>(std::size_t{done[s]} * work.columns);
      input.insert(input.end(), from, from + static_cast<std::ptrdiff_t>(std::size_t{n} * work.columns));
    }
    if (tokens.empty()) continue;
    std::vector<float> output(tokens.size() * work.output_columns());
    backend->run(*plan, {.tokens = tokens, .sequences = sequences, .output_rows = {}, .input = input}, output);
    for (const StepSequence& sequence : sequences) {
      const std::size_t s = sequence.blocks.data() == work.blocks[0].data() ? 0 : 1;
      const auto from =
          output.begin() + static_cast<std::ptrdiff_t>(std::size_t{sequence.first_token} * work.output_columns());
      outputs[s].insert(outputs[s].end(), from,
                        from + static_cast<std::ptrdiff_t>(std::size_t{sequence.tokens} * work.output_columns()));
      done[s] += sequence.tokens;
    }
  }
  return outputs;
}

/// The first value that differs in its bits, or the size.
std::size_t first_difference(const std::vector<float>& a, const std::vector<float>& b) {
  const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  });
  return static_cast<std::size_t>(at - a.begin());
}

class CpuAttention : public testing::TestWithParam<cpu::Isa> {};

TEST_P(CpuAttention, results_do_not_depend_on_batch_threads_or_chunks) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  const Shape shapes[] = {{3, 1, 40, 0, 16, DType::kF16},
                          {8, 1, 8, 600, 16, DType::kQ8_0},
                          {4, 2, 16, 0, 32, DType::kBF16},
                          {2, 1, 34, 0, 6, DType::kF16}};
  for (const Shape& shape : shapes) {
    SCOPED_TRACE(testing::Message() << shape.heads << "/" << shape.kv_heads << " heads of " << shape.head_dim);
    const Work work(shape, 1050, seed);
    const auto whole = run(work, GetParam(), 1, [&](std::uint32_t s) { return s == 0 ? work.tokens : 7U; });
    for (const std::uint32_t threads : {1U, 2U, 8U}) {
      std::mt19937 random(static_cast<std::uint32_t>(seed) + threads);
      const auto cut = run(work, GetParam(), threads, [&](std::uint32_t) {
        return random() % 4 == 0 ? random() % 300 : random() % 3;  // now a piece of a prompt, now a token or none
      });
      for (std::size_t s = 0; s < kSequences; ++s) {
        const std::size_t at = first_difference(whole[s], cut[s]);
        EXPECT_EQ(at, whole[s].size()) << threads << " threads, position " << at / work.output_columns();
      }
    }
  }
}

// Keys that are all alike weigh all values alike: the output at a position is the mean of the values that it sees.
void expect_means(const Shape& shape, std::uint32_t tokens, cpu::Isa isa, double tolerance) {
  Work work(shape, tokens, 1);
  work.sequences = 1;
  const auto value = [](std::size_t t) { return static_cast<float>(t * 7919 % 1000) / 1000.0F; };
  for (std::size_t t = 0; t < tokens; ++t) {
    const auto row = work.inputs[0].begin() + static_cast<std::ptrdiff_t>(t * work.columns);
    std::fill_n(row, work.columns - shape.head_dim, 0.5F);  // the queries and the key
    std::fill_n(row + static_cast<std::ptrdiff_t>(work.columns - shape.head_dim), shape.head_dim, value(t));
  }
  std::uint32_t steps = 0;
  const auto outputs = run(work, isa, 2, [&](std::uint32_t) { return steps++ % 2 == 0 ? 2000U : 1U; });
  double sum = 0;
  for (std::size_t t = 0; t < tokens; ++t) {
    sum += value(t);
    const std::size_t seen = shape.window == 0 ? t + 1 : std::min<std::size_t>(t + 1, shape.window);
    if (seen < t + 1) sum -= value(t - seen);
    ASSERT_NEAR(outputs[0][t * work.output_columns()], sum / static_cast<double>(seen), tolerance) << "position " << t;
  }
}

TEST_P(CpuAttention, a_window_is_all_that_32768_positions_see) {
  expect_means({2, 1, 8, 100, 16, DType::kF32}, 32768, GetParam(), 1e-4);
  expect_means({2, 1, 8, 700, 16, DType::kQ8_0}, 9000, GetParam(), 3e-3);
}

TEST(CpuAttentionDepth, all_of_32768_positions_are_seen) {
  expect_means({1, 1, 8, 0, 16, DType::kF16}, 32768, cpu::available_isas().back(), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Isas, CpuAttention, testing::ValuesIn(cpu::available_isas()), [](const auto& param_info) {
  std::string name(cpu::isa_name(param_info.param));
  std::erase(name, '-');
  return name;
});

}  // namespace
}  // namespace rbee::engine::conformance
