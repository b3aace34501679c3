#include "engine/backend/cuda/cuda_plan.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/limits.h"

namespace rbee::engine::cuda {
namespace {

StepLimits checked(const StepLimits& limits) {
  if (limits.tokens_max > kStepRowsMax || limits.outputs_max > kStepRowsMax) {
    fail(ErrorKind::kUnsupported, "the cuda backend takes steps of {} tokens, {} are asked for", kStepRowsMax,
         std::max(limits.tokens_max, limits.outputs_max));
  }
  return limits;
}

}  // namespace

CudaPlan::CudaPlan(const Device& device, KernelSet& kernels, const Graph& graph, const WeightTable& weights,
                   const KvLayout& kv, const StepLimits& limits)
    : device_(device),
      fused_(fuse_additions(graph)),
      graph_(fused_.graph),
      limits_(checked(limits)),
      memory_(device, fused_, weights, kv, limits),
      launches_(make_launches(fused_, weights, memory_, kernels)),
      graphs_(device),
      candidates_(device, kernels, graph_, limits, memory_.values.at(graph_.output)) {}

void CudaPlan::run(const Step& step, std::span<float> output) {
  const ValueInfo& info = graph_.values[graph_.output.value()];
  const std::size_t rows = info.rows == RowKind::kTokens ? step.tokens.size() : step.output_rows.size();
  RBEE_CHECK(output.size() == rows * info.columns);
  start(step);
  read_output(rows, output);
}

void CudaPlan::run_candidates(const Step& step, std::uint32_t count, std::span<Candidate> output) {
  start(step);
  candidates_.run(step.output_rows.size(), count, output);
}

// Puts the step on the stream.
void CudaPlan::start(const Step& step) {
  RBEE_CHECK(step.tokens.size() <= limits_.tokens_max && step.output_rows.size() <= limits_.outputs_max);
  memory_.tables.write(step);
  write_input(step);
  const StepShape shape = shape_of(
      step, limits_, {.tokens_max = kSplitTokensMax, .positions = kSplitPositions, .splits_max = memory_.splits_max});
  if (shape.tokens <= kGraphTokensMax) {
    graphs_.launch(shape, [&] { enqueue(shape); });
  } else {
    enqueue(shape);
  }
}

void CudaPlan::write_input(const Step& step) {
  for (const Op& op : graph_.ops) {
    if (op.kind != OpKind::kInput) continue;
    const std::uint32_t columns = graph_.values[op.output.value()].columns, stride = value_stride(graph_, op.output);
    RBEE_CHECK(step.input.size() == step.tokens.size() * columns);
    auto* const staged = reinterpret_cast<float*>(memory_.input.data());
    for (std::size_t t = 0; t < step.tokens.size(); ++t) {
      std::copy_n(step.input.data() + t * columns, columns, staged + t * stride);
    }
    const auto to = static_cast<CuAddress>(reinterpret_cast<std::uintptr_t>(memory_.values.at(op.output)));
    device_.check(
        device_.api().copy_to_device(to, staged, step.tokens.size() * stride * sizeof(float), device_.stream()),
        "copying a step's input");
  }
}

void CudaPlan::enqueue(StepShape shape) {
  for (Launch& launch : launches_) {
    const bool is_split = shape.splits != 0;
    if (launch.attention == (is_split ? Launch::Attention::kWhole : Launch::Attention::kSplit)) continue;
    const std::uint32_t rows = launch.rows == RowKind::kTokens ? shape.tokens : shape.outputs;
    if (rows == 0) continue;
    const Launch::Variant& variant = rows <= launch.few_max ? launch.few : launch.many;
    void* arguments[] = {launch.args.data()};
    device_.check(device_.api().launch(variant.kernel, variant.blocks, (rows + variant.rows - 1) / variant.rows,
                                       launch.by_split ? shape.splits : 1, launch.threads, 1, 1, 0, device_.stream(),
                                       arguments, nullptr),
                  "launching a kernel");
  }
}

void CudaPlan::read_output(std::size_t rows, std::span<float> output) {
  const std::uint32_t columns = graph_.values[graph_.output.value()].columns;
  const std::uint32_t stride = value_stride(graph_, graph_.output);
  const auto from = static_cast<CuAddress>(reinterpret_cast<std::uintptr_t>(memory_.values.at(graph_.output)));
  if (rows != 0) {
    device_.check(
        device_.api().copy_to_host(memory_.output.data(), from, rows * stride * sizeof(float), device_.stream()),
        "copying a step's output");
  }
  device_.wait("running a step");
  const auto* found = reinterpret_cast<const float*>(memory_.output.data());
  for (std::size_t r = 0; r < rows; ++r) std::copy_n(found + r * stride, columns, output.data() + r * columns);
}

}  // namespace rbee::engine::cuda
