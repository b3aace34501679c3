#include "engine/generate/weight_warmer.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "engine/graph/graph_builder.h"
#include "formats/mapped_file.h"

namespace rbee::engine {
namespace {

// Two layers of a weight each, and an output weight that is also the embedding.
struct TwoLayers {
  TwoLayers() : bytes(3 * kWeightBytes) {
    for (std::uint32_t i = 0; i < 3; ++i) {
      ids.push_back(weights.add({.name = "w", .rows = 1024, .columns = 5120, .data = bytes.data() + i * kWeightBytes}));
    }
    add(OpKind::kEmbed, ids[0], 0);
    for (std::uint32_t layer = 0; layer < 2; ++layer) {
      add(OpKind::kKvAppend, kNoWeight, layer);
      add(OpKind::kMatmul, ids[1 + layer], 0);
    }
    add(OpKind::kMatmul, ids[0], 0);
  }
  void add(OpKind kind, WeightId weight, std::uint32_t layer) {
    Op op;
    op.kind = kind;
    op.weight = weight;
    op.layer = layer;
    graph.ops.push_back(op);
  }

  static constexpr std::size_t kWeightBytes = 1024 * 5120 * 4;
  std::vector<std::byte> bytes;
  std::vector<WeightId> ids;
  WeightTable weights;
  Graph graph;
};

TEST(WarmWeights, progress_rises_to_the_whole_and_counts_shared_weights_once) {
  const TwoLayers model;
  for (const std::uint32_t threads : {1U, 2U, 5U}) {
    std::vector<LoadProgress> calls;
    warm_weights(model.graph, model.weights, 2, threads, [&](const LoadProgress& now) { calls.push_back(now); });
    ASSERT_FALSE(calls.empty());
    EXPECT_EQ(calls.back().layers_done, 2U);
    EXPECT_EQ(calls.back().bytes_done, 3 * TwoLayers::kWeightBytes);
    for (std::size_t i = 0; i < calls.size(); ++i) {
      EXPECT_EQ(calls[i].layers_total, 2U);
      EXPECT_EQ(calls[i].bytes_total, 3 * TwoLayers::kWeightBytes);
      EXPECT_LE(calls[i].bytes_done, calls[i].bytes_total);
      if (i == 0) continue;
      EXPECT_GE(calls[i].bytes_done, calls[i - 1].bytes_done);
      EXPECT_GE(calls[i].layers_done, calls[i - 1].layers_done);
    }
  }
}

TEST(WarmWeights, a_model_without_weights_is_done_at_once) {
  LoadProgress last;
  warm_weights({}, {}, 0, 2, [&](const LoadProgress& now) { last = now; });
  EXPECT_EQ(last.bytes_total, 0U);
}

TEST(DropWeightPages, a_mapped_file_still_reads_the_same) {
  const std::string file = testing::TempDir() + "rbee_drop_weight_pages";
  std::string content(TwoLayers::kWeightBytes, '\0');
  for (std::size_t i = 0; i < content.size(); i += 4096) content[i] = static_cast<char>(i / 4096);
  write_file_atomically(file, content);
  const formats::MappedFile mapped(file);
  WeightTable weights;
  GraphBuilder builder(weights);
  const WeightId id = weights.add({.name = "w", .rows = 1024, .columns = 5120, .data = mapped.bytes().data()});
  const Graph graph = builder.finish(builder.matmul(builder.input(5120), id));
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(std::equal(content.begin(), content.end(), reinterpret_cast<const char*>(mapped.bytes().data())));
    drop_weight_pages(graph, weights);
  }
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace rbee::engine
