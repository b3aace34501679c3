#include "engine/backend/cpu/cpu_plan.h"

#include <algorithm>

#include "base/checked.h"
#include "engine/backend/cpu/schedule.h"

namespace rbee::engine::cpu {
namespace {

constexpr std::size_t kLineFloats = 16;  // a cache line

std::size_t padded(std::size_t floats) {
  return (floats + kLineFloats - 1) / kLineFloats * kLineFloats;
}

std::size_t scratch_floats(const Graph& graph) {
  std::size_t floats = kPanelScratch;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::kAttention) floats = std::max(floats, attention_scratch(op.head_dim));
  }
  return padded(floats);
}

/// The widest input of a matmul whose weights `wanted` accepts.
template <typename Wanted>
std::size_t widest_input(const Graph& graph, const WeightTable& weights, const Wanted& wanted) {
  std::uint32_t columns = 0;
  for (const Op& op : graph.ops) {
    if (op.kind == OpKind::kMatmul && wanted(weights[op.weight].dtype)) {
      columns = std::max(columns, weights[op.weight].columns);
    }
  }
  return columns;
}

/// For a few tokens of any depth; steps with more keep the threads busy without cutting pieces into spans.
std::uint64_t state_bytes(const Graph& graph, const KvLayout& kv) {
  constexpr std::uint64_t kTokens = 4;
  const std::uint64_t spans = std::uint64_t{kv.blocks} * kv.block_tokens / kAttentionSpan + 1;
  Checked most = 0;
  for (const Op& op : graph.ops) {
    if (op.kind != OpKind::kAttention) continue;
    const Checked bytes = Checked(spans) * kTokens * op.heads * attention_state(op.head_dim) * sizeof(float);
    most = std::max(most.value_or_throw("attention"), bytes.value_or_throw("attention"));
  }
  return most.value_or_throw("attention");
}

std::size_t bf16_columns_of(const Graph& graph, const WeightTable& weights, ActivationBits bits, bool bf16_products) {
  const std::size_t columns =
      widest_input(graph, weights, [](formats::DType dtype) { return dtype == formats::DType::kBF16; });
  return bf16_products && !is_fine(bits, columns) ? columns + columns % 2 : 0;
}

std::vector<std::size_t> slot_begins(const BufferPlan& buffers, std::uint32_t rows) {
  std::vector<std::size_t> begins{0};
  for (const std::uint32_t columns : buffers.slot_columns) {
    const Checked floats = (Checked(rows) * columns).padded_to(kLineFloats) + begins.back();
    begins.push_back((floats * sizeof(float)).value_or_throw("activations") / sizeof(float));
  }
  return begins;
}

}  // namespace

CpuPlan::CpuPlan(const Graph& its_graph, const WeightTable& its_weights, const KvLayout& kv,
                 const StepLimits& its_limits, ActivationBits bits, bool bf16_products, ThreadPool& pool)
    : graph(group_matmuls(its_graph)),
      weights(its_weights),
      limits(its_limits),
      packed(graph, weights, pool),
      cache(kv),
      quantized(std::max(limits.tokens_max, limits.outputs_max), widest_input(graph, weights, formats::is_quantized),
                bits),
      bf16_columns(bf16_columns_of(graph, weights, bits, bf16_products)),
      bf16((Checked(std::max(limits.tokens_max, limits.outputs_max)) * bf16_columns * 2).value_or_throw("activations"),
           "the rounded activations", AnonymousMemory::Pages::kHuge),
      buffers_(plan_buffers(graph)),
      slot_begin_(slot_begins(buffers_, std::max(limits.tokens_max, limits.outputs_max))),
      values_(slot_begin_.back() * sizeof(float), "the activations", AnonymousMemory::Pages::kHuge),
      scratch_floats_(scratch_floats(graph)),
      scratch_(scratch_floats_ * pool.size() * sizeof(float), "the threads' scratch memory"),
      states_(state_bytes(graph, kv), "the attention's partial sums") {
  for (const RopeTable& table : graph.rope_tables) angles.emplace_back(table, limits.tokens_max);
}

float* CpuPlan::value(ValueId id) const {
  return reinterpret_cast<float*>(values_.data()) + slot_begin_[buffers_.slot_of[id.value()]];
}

float* CpuPlan::scratch(std::uint32_t worker) const {
  return reinterpret_cast<float*>(scratch_.data()) + worker * scratch_floats_;
}

}  // namespace rbee::engine::cpu
