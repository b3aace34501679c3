#include "engine/backend/cpu/step_context.h"

namespace rbee::engine::cpu {
namespace {

FloatType float_type(formats::DType dtype) {
  switch (dtype) {
    case formats::DType::kF16:
      return FloatType::kF16;
    case formats::DType::kBF16:
      return FloatType::kBF16;
    default:
      return FloatType::kF32;
  }
}

BlockType block_type(formats::DType dtype) {
  switch (dtype) {
    case formats::DType::kQ4_0:
      return BlockType::kQ4_0;
    case formats::DType::kQ5_0:
      return BlockType::kQ5_0;
    case formats::DType::kQ4_K:
      return BlockType::kQ4_K;
    case formats::DType::kQ5_K:
      return BlockType::kQ5_K;
    case formats::DType::kQ6_K:
      return BlockType::kQ6_K;
    case formats::DType::kIQ4_NL:
      return BlockType::kIQ4_NL;
    default:
      return BlockType::kQ8_0;
  }
}

/// Some rows of one matmul.
void multiply(const StepContext& context, const Op& op, const Range& range, std::uint32_t worker) {
  const Weight& weight = context.plan.weights[op.weight];
  const Rows x = context.rows(op.inputs[0]);
  const Rows y = context.rows(op.output);
  const PackedMatrix& packed = context.plan.packed[op.weight];
  if (formats::is_quantized(weight.dtype)) {
    context.kernels.quantized_matmul({.panels = packed.panels,
                                      .panel_bytes = packed.panel_bytes,
                                      .type = block_type(weight.dtype),
                                      .row_begin = range.begin,
                                      .row_end = range.end,
                                      .columns = weight.columns,
                                      .x = context.plan.quantized.row(0, x.columns),
                                      .tokens = x.rows,
                                      .y = y.data,
                                      .y_stride = y.columns,
                                      .scratch = context.plan.scratch(worker)});
  } else {
    const bool rounded = weight.dtype == formats::DType::kBF16 && context.plan.bf16_columns != 0;
    const auto* x_bf16 = rounded ? reinterpret_cast<const std::uint16_t*>(context.plan.bf16.data()) : nullptr;
    context.kernels.float_matmul({.panels = packed.panels,
                                  .panel_bytes = packed.panel_bytes,
                                  .type = float_type(weight.dtype),
                                  .row_begin = range.begin,
                                  .row_end = range.end,
                                  .columns = weight.columns,
                                  .x = x.data,
                                  .x_stride = x_bf16 == nullptr ? x.columns : x.columns + x.columns % 2,
                                  .x_bf16 = x_bf16,
                                  .tokens = x.rows,
                                  .y = y.data,
                                  .y_stride = y.columns});
  }
}

/// How many pieces a matmul is dealt in: enough to even out among threads that are not equally fast or are held up,
/// few enough that each reads its input from a near cache.
std::size_t pieces_of(std::size_t rows, std::size_t products_per_row, std::size_t threads) {
  constexpr std::size_t kEach = 8, kProducts = 250'000;
  const std::size_t worth_it = rows * products_per_row / kProducts + 1;
  return std::min({kEach * threads, worth_it, (rows + kRowUnit - 1) / kRowUnit});
}

void quantize_input(const StepContext& context, const Rows& x) {
  context.for_each_part(x.rows, x.columns, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      context.kernels.quantize_row(x.row(r), x.columns, context.plan.quantized.row(r, x.columns));
    }
  });
}

void round_input(const StepContext& context, const Rows& x) {
  const std::size_t stride = x.columns + x.columns % 2;
  auto* to = reinterpret_cast<std::uint16_t*>(context.plan.bf16.data());
  context.for_each_part(x.rows, x.columns, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      context.kernels.round_bf16_row(x.row(r), to + r * stride, x.columns);
    }
  });
}

}  // namespace

void run_matmuls(const StepContext& context, std::span<const Op> ops) {
  const Rows x = context.rows(ops.front().inputs[0]);
  if (x.rows == 0) return;
  std::size_t products = 0;
  bool quantized = false, bf16 = false;
  for (const Op& op : ops) {
    products += x.rows * x.columns * context.plan.weights[op.weight].rows;
    const formats::DType dtype = context.plan.weights[op.weight].dtype;
    quantized = quantized || formats::is_quantized(dtype);
    bf16 = bf16 || dtype == formats::DType::kBF16;
  }
  if (quantized) quantize_input(context, x);
  if (bf16 && context.plan.bf16_columns != 0) round_input(context, x);
  constexpr std::size_t kWorthSharing = 200'000;  // products, about 5 us
  if (products < kWorthSharing || context.pool.size() == 1) {
    for (const Op& op : ops) multiply(context, op, {0, context.plan.weights[op.weight].rows}, 0);
    return;
  }
  std::vector<std::size_t>& pieces = context.plan.matmul_pieces;
  pieces.clear();
  for (const Op& op : ops) {
    pieces.push_back(pieces_of(context.plan.weights[op.weight].rows, x.rows * x.columns, context.pool.size()));
  }
  context.pool.deal(pieces, [&](std::size_t i, std::size_t piece, std::uint32_t worker) {
    const Range range = share_of(context.plan.weights[ops[i].weight].rows, kRowUnit, piece, pieces[i]);
    if (range.begin < range.end) multiply(context, ops[i], range, worker);
  });
}

}  // namespace rbee::engine::cpu
