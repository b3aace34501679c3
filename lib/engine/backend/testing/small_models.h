#pragma once
// For tests of backends: the smallest models that they can compile and run.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/graph/graph_builder.h"

namespace rbee::engine {

/// A matrix of small whole numbers, in float32: sums of their halves are exact.
inline std::vector<float> whole_numbers(std::uint32_t rows, std::uint32_t columns) {
  std::vector<float> values(std::size_t{rows} * columns);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 7 + i / columns % 5) - 3.0F;
  return values;
}

/// A plan's output for one sequence of this input, all of its tokens in one step.
inline std::vector<float> run_step(Backend& backend, Plan& plan, const std::vector<float>& input, std::uint32_t tokens,
                                   std::size_t outputs) {
  std::vector<float> output(outputs);
  const std::vector<TokenId> ids(tokens);
  const StepSequence sequence{.tokens = tokens};
  backend.run(plan, {.tokens = ids, .sequences = {&sequence, 1}, .input = input}, output);
  return output;
}

/// x of 32 values through a matrix and the same matrix again, which is two weights of one name and place.
struct SmallModel {
  SmallModel() {
    Weight matrix{.name = "m", .rows = 32, .columns = 32};
    matrix.data = reinterpret_cast<const std::byte*>(values.data());
    const WeightId first = weights.add(matrix), tied = weights.add(matrix);
    GraphBuilder builder(weights);
    graph = builder.finish(builder.matmul(builder.matmul(builder.input(32), first), tied));
  }
  /// Attention instead, with heads that no device has room for.
  void attend_with_long_heads() {
    GraphBuilder builder(weights);
    graph = builder.finish(
        builder.attention(builder.input(1024), {.layer = 0, .heads = 1, .kv_heads = 1, .head_dim = 1024}));
  }
  /// A cache of 128 TiB.
  void ask_for_huge_cache() {
    kv = {.layers = 64, .kv_heads = 64, .head_dim = 512, .block_tokens = 16, .blocks = 1 << 20};
  }
  std::unique_ptr<Plan> compile(Backend& backend) const { return backend.compile(graph, weights, kv, limits); }
  std::vector<float> run(Backend& backend, Plan& plan, std::uint32_t tokens = 1) const {
    return run_step(backend, plan, std::vector<float>(std::size_t{32} * tokens, 0.5F), tokens,
                    std::size_t{32} * tokens);
  }

  std::vector<float> values = whole_numbers(32, 32);
  WeightTable weights;
  Graph graph;
  KvLayout kv{.layers = 1, .kv_heads = 1, .head_dim = 8, .block_tokens = 4, .blocks = 1};
  StepLimits limits{.tokens_max = 4, .outputs_max = 4, .sequences_max = 1};
};

/// x of 1024 values through one matrix with so many rows: 4 KiB each, so that weights come in pieces.
struct MatrixModel {
  explicit MatrixModel(std::uint32_t matrix_rows) : rows(matrix_rows), values(whole_numbers(rows, kColumns)) {
    const WeightId matrix = weights.add(
        {.name = "m", .rows = rows, .columns = kColumns, .data = reinterpret_cast<const std::byte*>(values.data())});
    GraphBuilder builder(weights);
    graph = builder.finish(builder.matmul(builder.input(kColumns), matrix));
  }
  std::unique_ptr<Plan> compile(Backend& backend) const {
    const KvLayout kv{.layers = 1, .kv_heads = 1, .head_dim = 8, .block_tokens = 4, .blocks = 1};
    return backend.compile(graph, weights, kv, {.tokens_max = 1, .outputs_max = 1, .sequences_max = 1});
  }
  std::vector<float> run(Backend& backend, Plan& plan) const {
    return run_step(backend, plan, std::vector<float>(kColumns, 0.5F), 1, rows);
  }
  /// What run() gives, to the bit.
  std::vector<float> expected() const {
    std::vector<float> sums(rows, 0.0F);
    for (std::size_t i = 0; i < values.size(); ++i) sums[i / kColumns] += 0.5F * values[i];
    return sums;
  }

  static constexpr std::uint32_t kColumns = 1024;
  const std::uint32_t rows;
  std::vector<float> values;
  WeightTable weights;
  Graph graph;
};

}  // namespace rbee::engine
