#include "engine/backend/cpu/step_run.h"

#include "base/check.h"
#include "engine/backend/cpu/step_context.h"

namespace rbee::engine::cpu {
namespace {

// Cycles per value, roughly, to decide whether a row op is worth sharing.
constexpr std::size_t kCheap = 1;
constexpr std::size_t kTranscendental = 4;

/// A float32 vector; weights may lie at any address and are only read by unaligned loads.
const float* vector_of(const StepContext& context, const Op& op) {
  return reinterpret_cast<const float*>(context.plan.weights[op.weight].data);
}

void embed(const StepContext& context, const Op& op, const Rows& out) {
  const Weight& table = context.plan.weights[op.weight];
  const std::uint64_t row_bytes = formats::row_bytes(table.dtype, table.columns);
  context.for_each_part(out.rows, out.columns, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      const auto token = static_cast<std::uint64_t>(context.step.tokens[t].value());
      formats::dequantize_row(table.dtype, table.data + token * row_bytes, out.row(t), table.columns);
    }
  });
}

void rope(const StepContext& context, const Op& op, const Rows& x, const Rows& out) {
  const RopeAngles& angles = context.plan.angles[op.rope_table];
  const auto kernel = context.plan.graph.rope_tables[op.rope_table].interleaved ? context.kernels.rope_row_interleaved
                                                                                : context.kernels.rope_row_halves;
  context.for_each_part(x.rows, x.columns, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      kernel({.x = x.row(t),
              .y = out.row(t),
              .heads = op.heads,
              .head_dim = op.head_dim,
              .pairs = angles.pairs(),
              .cos = angles.cos(static_cast<std::uint32_t>(t)),
              .sin = angles.sin(static_cast<std::uint32_t>(t))});
    }
  });
}

void compute_angles(const StepContext& context) {
  for (RopeAngles& angles : context.plan.angles) {
    for (const StepSequence& sequence : context.step.sequences) {
      context.for_each_part(
          sequence.tokens, std::size_t{angles.pairs()} * 100, [&](std::size_t begin, std::size_t end) {
            angles.compute(sequence, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end));
          });
    }
  }
}

Activation activation_of(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::kSilu:
      return Activation::kSilu;
    case ActivationKind::kGeluTanh:
      return Activation::kGeluTanh;
    case ActivationKind::kGeluErf:
      return Activation::kGeluErf;
  }
  return Activation::kSilu;
}

/// Calls kernel(row) for every row of `out`.
template <typename Kernel>
void by_row(const StepContext& context, const Rows& out, std::size_t cost, const Kernel& kernel) {
  context.for_each_part(out.rows, out.columns * cost, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) kernel(r);
  });
}

void run_row_op(const StepContext& context, const Op& op) {
  const Kernels& k = context.kernels;
  const Rows x = context.rows(op.inputs[0]), y = context.rows(op.inputs[1]), out = context.rows(op.output);
  const std::size_t n = out.columns;
  switch (op.kind) {
    case OpKind::kRmsNorm:
      return by_row(context, out, kCheap, [&, w = vector_of(context, op)](std::size_t r) {
        k.rms_norm_row(x.row(r), w, out.row(r), n, op.group, op.eps);
      });
    case OpKind::kAddBias:
      return by_row(context, out, kCheap,
                    [&, w = vector_of(context, op)](std::size_t r) { k.add_row(x.row(r), w, out.row(r), n); });
    case OpKind::kActivationMul:
      return by_row(context, out, kTranscendental, [&, activation = activation_of(op.activation)](std::size_t r) {
        k.activation_mul_row(activation, x.row(r), y.row(r), out.row(r), n);
      });
    case OpKind::kAdd:
      return by_row(context, out, kCheap, [&](std::size_t r) { k.add_row(x.row(r), y.row(r), out.row(r), n); });
    case OpKind::kScale:
      return by_row(context, out, kCheap, [&](std::size_t r) { k.scale_row(x.row(r), out.row(r), n, op.scale); });
    case OpKind::kSoftcap:
      return by_row(context, out, kTranscendental,
                    [&](std::size_t r) { k.softcap_row(x.row(r), out.row(r), n, op.softcap); });
    case OpKind::kTakeRows:
      return by_row(context, out, kCheap,
                    [&](std::size_t r) { std::copy_n(x.row(context.step.output_rows[r]), n, out.row(r)); });
    case OpKind::kSliceColumns:
      return by_row(context, out, kCheap, [&](std::size_t r) { std::copy_n(x.row(r) + op.begin, n, out.row(r)); });
    default:
      RBEE_CHECK(false);
  }
}

void run_op(const StepContext& context, const Op& op) {
  switch (op.kind) {
    case OpKind::kInput: {
      const Rows out = context.rows(op.output);
      RBEE_CHECK(context.step.input.size() == out.rows * out.columns);
      std::copy(context.step.input.begin(), context.step.input.end(), out.data);
      return;
    }
    case OpKind::kEmbed:
      return embed(context, op, context.rows(op.output));
    case OpKind::kRope:
      return rope(context, op, context.rows(op.inputs[0]), context.rows(op.output));
    case OpKind::kKvAppend:
      return run_kv_append(context, op);
    case OpKind::kAttention:
      return run_attention(context, op);
    default:
      return run_row_op(context, op);
  }
}

}  // namespace

void run_step(CpuPlan& plan, const Step& step, std::span<float> output, const Kernels& kernels, ThreadPool& pool) {
  const StepContext context{plan, step, output, kernels, pool};
  const Rows result = context.rows(plan.graph.output);
  RBEE_CHECK(output.size() == result.rows * result.columns);
  compute_angles(context);
  const std::span<const Op> ops = plan.graph.ops;
  for (std::size_t i = 0; i < ops.size();) {
    std::size_t end = i + 1;
    if (ops[i].kind != OpKind::kMatmul) {
      run_op(context, ops[i]);
    } else {
      while (end < ops.size() && ops[end].kind == OpKind::kMatmul && ops[end].inputs[0] == ops[i].inputs[0]) ++end;
      run_matmuls(context, ops.subspan(i, end - i));
    }
    i = end;
  }
}

}  // namespace rbee::engine::cpu
