#include "engine/graph/buffer_plan.h"

#include <gtest/gtest.h>

#include "engine/graph/graph_builder.h"

namespace rbee::engine {
namespace {

// Two values must not share a slot while both are needed.
void expect_no_overlap(const Graph& graph, const BufferPlan& plan) {
  std::vector<ValueId> holder(plan.slot_columns.size(), kNoValue);
  for (const Op& op : graph.ops) {
    for (const ValueId input : op.inputs) {
      if (input == kNoValue) continue;
      EXPECT_EQ(holder[plan.slot_of[input.value()]], input) << op_name(op.kind) << " reads an overwritten value";
    }
    if (op.output == kNoValue) continue;
    const std::uint32_t slot = plan.slot_of[op.output.value()];
    for (const ValueId input : op.inputs) {
      if (input != kNoValue) {
        EXPECT_NE(plan.slot_of[input.value()], slot);
      }
    }
    EXPECT_GE(plan.slot_columns[slot], graph.values[op.output.value()].columns);
    holder[slot] = op.output;
  }
  EXPECT_EQ(holder[plan.slot_of[graph.output.value()]], graph.output);
}

TEST(BufferPlanTest, a_long_chain_needs_two_slots) {
  WeightTable weights;
  GraphBuilder builder(weights);
  ValueId x = builder.input(8);
  for (int i = 0; i < 20; ++i) x = builder.scale(x, 2.0F);
  const Graph graph = builder.finish(x);
  const BufferPlan plan = plan_buffers(graph);
  EXPECT_EQ(plan.slot_columns.size(), 2u);
  expect_no_overlap(graph, plan);
}

TEST(BufferPlanTest, residual_branches_keep_their_input) {
  WeightTable weights;
  GraphBuilder builder(weights);
  ValueId x = builder.input(8);
  for (int i = 0; i < 6; ++i) {
    const ValueId branch =
        builder.activation_mul(ActivationKind::kSilu, builder.scale(x, 2.0F), builder.scale(x, 3.0F));
    x = builder.add(x, branch);
  }
  const Graph graph = builder.finish(builder.take_rows(x));
  const BufferPlan plan = plan_buffers(graph);
  EXPECT_LE(plan.slot_columns.size(), 4u);
  expect_no_overlap(graph, plan);
}

TEST(BufferPlanTest, an_output_that_is_not_last_stays) {
  WeightTable weights;
  GraphBuilder builder(weights);
  const ValueId x = builder.input(8);
  const ValueId wanted = builder.scale(x, 2.0F);
  builder.scale(builder.scale(x, 3.0F), 4.0F);
  const Graph graph = builder.finish(wanted);
  expect_no_overlap(graph, plan_buffers(graph));
}

}  // namespace
}  // namespace rbee::engine
