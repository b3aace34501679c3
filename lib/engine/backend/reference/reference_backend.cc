#include "engine/backend/reference/reference_backend.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "engine/backend/reference/reference_ops.h"
#include "engine/graph/buffer_plan.h"

namespace rbee::engine {
namespace {

using reference::LayerCache;
using reference::Matrix;

class ReferencePlan final : public Plan {
 public:
  ReferencePlan(const Graph& its_graph, const WeightTable& its_weights, const KvLayout& its_kv,
                const StepLimits& limits)
      : graph(its_graph), weights(its_weights), kv(its_kv), buffers(plan_buffers(graph)) {
    const std::size_t rows_max = std::max(limits.tokens_max, limits.outputs_max);
    for (const std::uint32_t columns : buffers.slot_columns) slots.emplace_back(rows_max * columns);
    const std::size_t layer_values = std::size_t{kv.blocks} * kv.block_tokens * kv.kv_heads * kv.head_dim;
    keys.assign(kv.layers, std::vector<float>(layer_values));
    values.assign(kv.layers, std::vector<float>(layer_values));
  }

  Matrix matrix(ValueId value, const Step& step) {
    const ValueInfo& info = graph.values[value.value()];
    const auto rows =
        static_cast<std::uint32_t>(info.rows == RowKind::kTokens ? step.tokens.size() : step.output_rows.size());
    return {slots[buffers.slot_of[value.value()]].data(), rows, info.columns};
  }
  LayerCache cache(std::uint32_t layer) { return {keys[layer], values[layer]}; }

  const Graph graph;
  const WeightTable& weights;
  const KvLayout kv;
  const BufferPlan buffers;
  std::vector<std::vector<float>> slots;
  std::vector<std::vector<float>> keys, values;  // by layer
};

void run_op(const Op& op, const Step& step, ReferencePlan& plan) {
  const auto value = [&](ValueId id) { return id == kNoValue ? Matrix{} : plan.matrix(id, step); };
  const Matrix x = value(op.inputs[0]), y = value(op.inputs[1]), out = value(op.output);
  const auto weight = [&]() -> const Weight& { return plan.weights[op.weight]; };
  switch (op.kind) {
    case OpKind::kInput:
      RBEE_CHECK(step.input.size() == std::size_t{out.rows} * out.columns);
      std::copy(step.input.begin(), step.input.end(), out.data);
      return;
    case OpKind::kEmbed:
      return reference::embed(step, weight(), out);
    case OpKind::kRmsNorm:
      return reference::rms_norm(x, weight(), op.eps, op.group, out);
    case OpKind::kMatmul:
      return reference::matmul(x, weight(), out);
    case OpKind::kAddBias:
      return reference::add_bias(x, weight(), out);
    case OpKind::kRope:
      return reference::rope(step, x, op, plan.graph.rope_tables[op.rope_table], out);
    case OpKind::kKvAppend:
      return reference::kv_append(step, x, y, plan.kv, plan.cache(op.layer));
    case OpKind::kAttention:
      return reference::attention(step, x, op, plan.kv, plan.cache(op.layer), out);
    case OpKind::kActivationMul:
      return reference::activation_mul(op.activation, x, y, out);
    case OpKind::kAdd:
      return reference::add(x, y, out);
    case OpKind::kScale:
      return reference::scale(x, op.scale, out);
    case OpKind::kSoftcap:
      return reference::softcap(x, op.softcap, out);
    case OpKind::kTakeRows:
      return reference::take_rows(step, x, out);
    case OpKind::kSliceColumns:
      return reference::slice_columns(x, op.begin, out);
  }
}

}  // namespace

BackendDescription ReferenceBackend::describe() const {
  return {.name = "reference", .device = "plain float32 loops, 1 thread"};
}

bool ReferenceBackend::supports(const Op&, formats::DType) const {
  return true;
}

std::unique_ptr<Plan> ReferenceBackend::compile(const Graph& graph, const WeightTable& weights, const KvLayout& kv,
                                                const StepLimits& limits) {
  return std::make_unique<ReferencePlan>(graph, weights, kv, limits);
}

void ReferenceBackend::run(Plan& base, const Step& step, std::span<float> output) {
  auto& plan = dynamic_cast<ReferencePlan&>(base);
  for (const Op& op : plan.graph.ops) run_op(op, step, plan);
  const Matrix result = plan.matrix(plan.graph.output, step);
  RBEE_CHECK(output.size() == std::size_t{result.rows} * result.columns);
  std::copy_n(result.data, output.size(), output.data());
}

}  // namespace rbee::engine
