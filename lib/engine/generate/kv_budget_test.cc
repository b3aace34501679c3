#include "engine/generate/kv_budget.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/units.h"
#include "engine/generate/limits.h"

namespace rbee::engine {
namespace {

// 1 MiB per block of 16 positions.
KvBudgetRequest request(std::uint64_t memory_available) {
  return {.shape = {.layers = 16, .kv_heads = 8, .head_dim = 128, .block_tokens = 16},
          .model_context = 4096,
          .sequences_max = 4,
          .memory_available = memory_available,
          .weight_bytes = 1_GiB};
}

ErrorKind kind_of(const KvBudgetRequest& wanted, const std::string& said = "") {
  try {
    plan_kv_budget(wanted);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(said), std::string::npos) << error.what();
    return error.kind();
  }
  ADD_FAILURE() << "it fits";
  return ErrorKind::kIo;
}

TEST(KvBudget, every_sequence_gets_a_whole_context_where_memory_allows) {
  const KvBudget budget = plan_kv_budget(request(16_GiB));
  EXPECT_EQ(budget.context, 4096U);
  EXPECT_EQ(budget.blocks, 4U * 256U);
}

TEST(KvBudget, the_pool_takes_at_most_half_of_what_the_weights_leave) {
  const KvBudget budget = plan_kv_budget(request(2_GiB));
  EXPECT_EQ(budget.context, 4096U);
  EXPECT_EQ(budget.blocks, 512U);
}

TEST(KvBudget, a_default_context_shrinks_to_fit) {
  const KvBudget budget = plan_kv_budget(request(1_GiB + 100_MiB));
  EXPECT_EQ(budget.context, 50U * 16U);
  EXPECT_EQ(budget.blocks, 50U);
}

TEST(KvBudget, a_context_below_the_least_is_refused_with_both_numbers) {
  EXPECT_EQ(
      kind_of(request(1_GiB + 10_MiB),
              "KV cache of 256 positions 16777216); 1084227584 are available, of which a KV cache may take 5242880"),
      ErrorKind::kExhausted);
  EXPECT_EQ(kind_of(request(512_MiB)), ErrorKind::kExhausted) << "the weights alone are more";
}

TEST(KvBudget, a_context_that_was_asked_for_is_kept_or_refused) {
  KvBudgetRequest wanted = request(1_GiB + 400_MiB);
  wanted.context = 4000;  // 250 MiB: more than half, less than three quarters
  EXPECT_EQ(plan_kv_budget(wanted).context, 4000U);
  EXPECT_EQ(plan_kv_budget(wanted).blocks, 250U);
  wanted.memory_available = 1_GiB + 300_MiB;
  EXPECT_EQ(
      kind_of(wanted, "needs 1335885824 bytes of memory (weights 1073741824, KV cache of 4000 positions 262144000)"),
      ErrorKind::kExhausted);
  wanted.context = 4097;
  EXPECT_EQ(kind_of(wanted, "4097"), ErrorKind::kBadRequest);
}

TEST(KvBudget, memory_that_was_given_is_what_is_taken) {
  KvBudgetRequest wanted = request(16_GiB);
  wanted.kv_bytes = 300_MiB;
  EXPECT_EQ(plan_kv_budget(wanted).blocks, 300U);
  EXPECT_EQ(plan_kv_budget(wanted).context, 4096U);
  wanted.kv_bytes = 100_MiB;
  EXPECT_EQ(plan_kv_budget(wanted).context, 1600U);
  wanted.context = 4096;
  EXPECT_EQ(kind_of(wanted), ErrorKind::kExhausted);
}

TEST(KvBudget, a_long_context_alone_may_exceed_the_default_bound) {
  KvBudgetRequest wanted = request(64_GiB);
  wanted.model_context = 131072;
  wanted.sequences_max = 16;
  const KvBudget budget = plan_kv_budget(wanted);
  EXPECT_EQ(budget.context, 131072U);
  EXPECT_EQ(budget.blocks * 1_MiB, 8_GiB);
}

TEST(KvBudget, unknown_memory_leaves_the_default_bound) {
  KvBudgetRequest wanted = request(0);
  wanted.sequences_max = 1000;
  EXPECT_EQ(plan_kv_budget(wanted).blocks * 1_MiB, kKvBytesDefaultMax);
}

TEST(KvBudget, a_model_with_a_tiny_context_needs_no_more) {
  KvBudgetRequest wanted = request(16_GiB);
  wanted.model_context = 10;
  EXPECT_EQ(plan_kv_budget(wanted).context, 10U);
  EXPECT_EQ(plan_kv_budget(wanted).blocks, 4U);
}

}  // namespace
}  // namespace rbee::engine
