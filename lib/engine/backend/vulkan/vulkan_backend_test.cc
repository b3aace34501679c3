// What goes wrong, and what is kept; that operations are right is proved by tests/conformance.

#include "engine/backend/vulkan/vulkan_backend.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/units.h"
#include "engine/backend/testing/small_models.h"
#include "engine/backend/testing/thrown_message.h"
#include "engine/backend/vulkan/hazards.h"
#include "engine/backend/vulkan/level_order.h"
#include "engine/graph/fuse_additions.h"
#include "engine/graph/graph_builder.h"

namespace rbee::engine {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::vector<float> run(const SmallModel& model, Backend& backend) {
  const auto plan = model.compile(backend);
  return model.run(backend, *plan);
}

class VulkanBackendTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = why_no_vulkan(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

TEST_F(VulkanBackendTest, a_device_that_is_not_there_is_refused_with_those_that_are) {
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [] { make_vulkan_backend({.gpu = 63}); }),
              AllOf(HasSubstr("no Vulkan device 63"), HasSubstr("0: "), HasSubstr("Vulkan 1.")));
}

TEST_F(VulkanBackendTest, a_cache_larger_than_the_device_is_refused_with_both_sizes) {
  const auto backend = make_vulkan_backend({});
  SmallModel model;
  model.ask_for_huge_cache();
  const std::string message = message_of(ErrorKind::kExhausted, [&] { model.compile(*backend); });
  EXPECT_THAT(message, AllOf(HasSubstr("KV cache 140737488355328"), HasSubstr("are available")));
}

TEST_F(VulkanBackendTest, one_value_larger_than_a_binding_is_refused) {
  const auto backend = make_vulkan_backend({.binding_bytes_max = 8192});
  SmallModel model;
  model.limits.tokens_max = 1000;
  EXPECT_THAT(message_of(ErrorKind::kExhausted, [&] { model.compile(*backend); }), HasSubstr("8192"));
}

TEST_F(VulkanBackendTest, heads_that_are_too_long_are_refused_by_name) {
  const auto backend = make_vulkan_backend({});
  SmallModel model;
  model.attend_with_long_heads();
  EXPECT_THAT(message_of(ErrorKind::kUnsupported, [&] { model.compile(*backend); }), HasSubstr("attention"));
}

TEST_F(VulkanBackendTest, a_matrix_that_is_used_twice_is_held_once) {
  const auto backend = make_vulkan_backend({});
  const SmallModel model;
  const auto plan = model.compile(*backend);
  const std::uint64_t all = backend->describe().memory_bytes;
  EXPECT_GE(all, 4096U);
  EXPECT_LT(all, 4096U + 3 * 4 * 32 * 4 + 1024);  // one matrix, three values of four rows, a cache
}

TEST_F(VulkanBackendTest, a_matrix_that_is_uploaded_in_pieces_arrives_whole) {
  const MatrixModel model(4500);  // 18 MB: two pieces, packed by several threads
  const auto backend = make_vulkan_backend({});
  const auto plan = model.compile(*backend);
  EXPECT_EQ(model.run(*backend, *plan), model.expected());
}

TEST_F(VulkanBackendTest, a_damaged_pipeline_cache_is_replaced) {
  const fs::path folder = fs::path(testing::TempDir()) / "rbee_vulkan_pipelines";
  fs::remove_all(folder);
  const SmallModel model;
  const std::vector<float> expected = run(model, *make_vulkan_backend({.cache_folder = folder}));
  ASSERT_FALSE(fs::is_empty(folder));
  const fs::path file = fs::directory_iterator(folder)->path();
  const std::string good = read_file(file, 64_MiB);
  std::string flipped = good;
  flipped.back() ^= 1;
  for (const std::string& bad : {std::string(), good.substr(0, good.size() / 2), flipped, std::string(5000, 'x')}) {
    write_file_atomically(file, bad);
    EXPECT_EQ(run(model, *make_vulkan_backend({.cache_folder = folder})), expected);
    EXPECT_TRUE(read_file(file, 64_MiB).starts_with("rbeepipe"));
  }
  fs::remove_all(folder);
}

TEST_F(VulkanBackendTest, a_cache_folder_that_cannot_be_written_is_no_error) {
  const SmallModel model;
  EXPECT_EQ(run(model, *make_vulkan_backend({.cache_folder = "/proc/no-such-folder"})),
            run(model, *make_vulkan_backend({})));
}

TEST(Hazards, a_barrier_stands_where_one_op_needs_what_another_wrote) {
  vulkan::Hazards hazards(4);
  EXPECT_FALSE(hazards.must_wait({0}, {1}));
  EXPECT_FALSE(hazards.must_wait({0}, {2}));  // reads the same
  EXPECT_TRUE(hazards.must_wait({1}, {3}));   // reads what was written
  EXPECT_FALSE(hazards.must_wait({2}, {0}));  // written before the barrier
  EXPECT_TRUE(hazards.must_wait({}, {2}));    // writes what was read
  EXPECT_TRUE(hazards.must_wait({}, {2}));    // writes what was written
}

/// query and key products of one input, each rotated; then a product with bias that is added to what came in.
struct LayerGraph {
  LayerGraph() {
    for (int i = 0; i < 3; ++i) matrices.push_back(weights.add({.name = "m", .rows = 8, .columns = 8}));
    bias = weights.add({.name = "b", .rows = 1, .columns = 8});
    GraphBuilder builder(weights);
    const std::uint32_t table = builder.add_rope_table({.inverse_frequencies = {1.0F}});
    input = builder.input(8);
    const ValueId q = builder.rope(builder.matmul(input, matrices[0]), 1, 8, table);
    const ValueId k = builder.rope(builder.matmul(input, matrices[1]), 1, 8, table);
    const ValueId mixed = builder.activation_mul(ActivationKind::kSilu, q, k);
    graph = builder.finish(builder.add(input, builder.add_bias(builder.matmul(mixed, matrices[2]), bias)));
  }
  WeightTable weights;
  std::vector<WeightId> matrices;
  WeightId bias;
  ValueId input;
  Graph graph;
};

std::vector<OpKind> kinds(const Graph& graph) {
  std::vector<OpKind> found;
  for (const Op& op : graph.ops) found.push_back(op.kind);
  return found;
}

TEST(LevelOrder, ops_that_do_not_need_each_other_stand_together) {
  using enum OpKind;
  EXPECT_EQ(kinds(vulkan::order_by_level(LayerGraph().graph)),
            (std::vector{kInput, kMatmul, kMatmul, kRope, kRope, kActivationMul, kMatmul, kAddBias, kAdd}));
}

TEST(FuseAdditions, bias_and_residual_are_added_where_the_product_is_written) {
  using enum OpKind;
  const LayerGraph layer;
  const FusedGraph fused = fuse_additions(vulkan::order_by_level(layer.graph));
  EXPECT_EQ(kinds(fused.graph), (std::vector{kInput, kMatmul, kMatmul, kRope, kRope, kActivationMul, kMatmul}));
  EXPECT_EQ(fused.biases.back(), layer.bias);
  EXPECT_EQ(fused.graph.ops.back().inputs[1], layer.input);
  EXPECT_EQ(fused.graph.ops.back().output, layer.graph.output);
}

TEST(FuseAdditions, a_product_that_others_read_stays) {
  WeightTable weights;
  const WeightId matrix = weights.add({.name = "m", .rows = 8, .columns = 8});
  GraphBuilder builder(weights);
  const ValueId x = builder.input(8), product = builder.matmul(x, matrix);
  const Graph graph = builder.finish(builder.add(builder.add(x, product), product));
  EXPECT_EQ(fuse_additions(graph).graph.ops.size(), graph.ops.size());
}

}  // namespace
}  // namespace rbee::engine
