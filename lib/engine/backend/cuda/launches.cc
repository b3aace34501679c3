#include "engine/backend/cuda/launches.h"

#include <cstring>
#include <string>
#include <type_traits>

#include <fmt/format.h>

#include "engine/backend/cuda/kernels/kernel_args.h"
#include "engine/backend/cuda/limits.h"

namespace rbee::engine::cuda {
namespace {

std::uint32_t blocks_for(std::uint32_t count, std::uint32_t each) {
  return (count + each - 1) / each;
}

const char* activation_kernel(ActivationKind kind) {
  switch (kind) {
    case ActivationKind::kSilu:
      return "elementwise_silu";
    case ActivationKind::kGeluTanh:
      return "elementwise_gelu_tanh";
    case ActivationKind::kGeluErf:
      return "elementwise_gelu_erf";
  }
  return "";
}

class LaunchMaker {
 public:
  LaunchMaker(const FusedGraph& fused, const WeightTable& weights, const PlanMemory& memory, KernelSet& kernels)
      : fused_(fused), graph_(fused.graph), weights_(weights), memory_(memory), kernels_(kernels) {}

  std::vector<Launch> run() {
    for (std::size_t i = 0; i < graph_.ops.size(); ++i) add(graph_.ops[i], fused_.biases[i]);
    return std::move(made_);
  }

 private:
  std::uint32_t columns(ValueId value) const { return graph_.values[value.value()].columns; }
  std::uint32_t stride(ValueId value) const { return value == kNoValue ? 0 : value_stride(graph_, value); }
  const float* value(ValueId id) const { return id == kNoValue ? nullptr : memory_.values.at(id); }
  RowKind rows_of(const Op& op) const { return graph_.values[op.output.value()].rows; }
  std::uint32_t row_kind(const Op& op) const { return rows_of(op) == RowKind::kTokens ? 0 : 1; }
  const float* vector_of(WeightId id) const {
    return id == kNoWeight ? nullptr
                           : reinterpret_cast<const float*>(static_cast<std::uintptr_t>(memory_.weights[id].address));
  }
  const std::uint32_t* words_of(WeightId id) const {
    return reinterpret_cast<const std::uint32_t*>(static_cast<std::uintptr_t>(memory_.weights[id].address));
  }
  std::string with_type(const char* name, WeightId id) const {
    return fmt::format("{}_{}", name, formats::dtype_info(weights_[id].dtype).name);
  }

  void add(const Op& op, WeightId bias) {
    switch (op.kind) {
      case OpKind::kInput:
        return;  // the host copies it
      case OpKind::kEmbed:
        return embed(op);
      case OpKind::kRmsNorm:
        return rms_norm(op);
      case OpKind::kMatmul:
        return matmul(op, bias);
      case OpKind::kRope:
        return rope(op);
      case OpKind::kKvAppend:
        return kv_append(op);
      case OpKind::kAttention:
        return attention(op);
      case OpKind::kSliceColumns:
        return elementwise(op, "elementwise_copy", 0.0F);
      case OpKind::kAddBias:
        return elementwise(op, "elementwise_add_bias", 0.0F);
      case OpKind::kAdd:
        return elementwise(op, "elementwise_add", 0.0F);
      case OpKind::kScale:
        return elementwise(op, "elementwise_scale", op.scale);
      case OpKind::kSoftcap:
        return elementwise(op, "elementwise_softcap", op.softcap);
      case OpKind::kTakeRows:
        return elementwise(op, "elementwise_take_rows", 0.0F);
      case OpKind::kActivationMul:
        return elementwise(op, activation_kernel(op.activation), 0.0F);
    }
  }

  template <typename Args>
  void put_args(const Args& args) {
    static_assert(std::is_trivially_copyable_v<Args> && sizeof(Args) <= sizeof(Launch::args));
    std::memcpy(made_.back().args.data(), &args, sizeof args);
  }

  /// A launch whose blocks do one row each.
  template <typename Args>
  void row_launch(const std::string& kernel, std::uint32_t threads, std::uint32_t blocks, RowKind rows,
                  const Args& args) {
    const Launch::Variant variant{.kernel = kernels_.find(kernel), .blocks = blocks};
    made_.push_back({.few = variant, .many = variant, .threads = threads, .rows = rows});
    put_args(args);
  }

  void elementwise(const Op& op, const char* kernel, float factor) {
    const bool adds_bias = op.kind == OpKind::kAddBias;
    row_launch(kernel, kRowThreads, blocks_for(columns(op.output), kRowThreads), rows_of(op),
               ElementwiseArgs{.step = memory_.tables.words(),
                               .x = value(op.inputs[0]),
                               .y = adds_bias ? vector_of(op.weight) : value(op.inputs[1]),
                               .out = memory_.values.at(op.output),
                               .columns = columns(op.output),
                               .x_stride = stride(op.inputs[0]),
                               .y_stride = stride(op.inputs[1]),
                               .out_stride = stride(op.output),
                               .begin = op.begin,
                               .factor = factor,
                               .row_kind = row_kind(op)});
  }

  void embed(const Op& op) {
    const std::uint32_t width = weights_[op.weight].columns;
    row_launch(with_type("embed", op.weight), kRowThreads, blocks_for(width, 8 * kRowThreads), rows_of(op),
               EmbedArgs{.step = memory_.tables.words(),
                         .weight = words_of(op.weight),
                         .out = memory_.values.at(op.output),
                         .columns = width,
                         .row_words = memory_.weights[op.weight].row_words,
                         .out_stride = stride(op.output)});
  }

  void rms_norm(const Op& op) {
    row_launch("rms_norm_rows", kNormThreads, columns(op.output) / op.group, rows_of(op),
               RmsNormArgs{.step = memory_.tables.words(),
                           .x = value(op.inputs[0]),
                           .weight = vector_of(op.weight),
                           .out = memory_.values.at(op.output),
                           .group = op.group,
                           .x_stride = stride(op.inputs[0]),
                           .out_stride = stride(op.output),
                           .eps = op.eps,
                           .row_kind = row_kind(op)});
  }

  void matmul(const Op& op, WeightId bias) {
    const Weight& weight = weights_[op.weight];
    const CuFunction few = kernels_.find(with_type("matmul_few", op.weight));
    const CuFunction many = kernels_.find(with_type("matmul_many", op.weight));
    if (weight.dtype == formats::DType::kF32) {
      constexpr std::uint32_t kWarps = kMatmulThreads / kWarpLanes;
      made_.push_back({.few = {few, blocks_for(weight.rows, kWarps * kMatmulRowsFew), 1},
                       .many = {many, blocks_for(weight.rows, kWarps * kMatmulRowsMany), kMatmulTokens},
                       .few_max = 1,
                       .threads = kMatmulThreads});
    } else {
      made_.push_back({.few = {few, blocks_for(weight.rows, kTensorRowsFew), kTensorTokensFew},
                       .many = {many, blocks_for(weight.rows, kTensorRowsMany), kTensorTokensMany},
                       .few_max = kTensorTokensFew,
                       .threads = kTensorThreads});
    }
    made_.back().rows = rows_of(op);
    put_args(MatmulArgs{.step = memory_.tables.words(),
                        .x = value(op.inputs[0]),
                        .y = value(op.inputs[1]),
                        .bias = vector_of(bias),
                        .out = memory_.values.at(op.output),
                        .weight = words_of(op.weight),
                        .rows = weight.rows,
                        .columns = weight.columns,
                        .row_words = memory_.weights[op.weight].row_words,
                        .x_stride = stride(op.inputs[0]),
                        .y_stride = stride(op.inputs[1]),
                        .out_stride = stride(op.output),
                        .row_kind = row_kind(op)});
  }

  void rope(const Op& op) {
    const RopeTable& table = graph_.rope_tables[op.rope_table];
    const auto pairs = static_cast<std::uint32_t>(table.inverse_frequencies.size());
    row_launch(table.interleaved ? "rope_interleaved" : "rope_halves", kRowThreads,
               blocks_for(op.head_dim - pairs, kRowThreads), rows_of(op),
               RopeArgs{.step = memory_.tables.words(),
                        .x = value(op.inputs[0]),
                        .frequencies = memory_.ropes.of(op.rope_table),
                        .long_frequencies = memory_.ropes.long_of(op.rope_table),
                        .out = memory_.values.at(op.output),
                        .heads = op.heads,
                        .head_dim = op.head_dim,
                        .pairs = pairs,
                        .x_stride = stride(op.inputs[0]),
                        .out_stride = stride(op.output),
                        .table = op.rope_table,
                        .magnitude = table.magnitude});
  }

  void kv_append(const Op& op) {
    const CacheView cache = memory_.cache.layer(op.layer);
    row_launch("kv_append_" + memory_.cache.type(), kRowThreads,
               blocks_for(op.kv_heads * cache.head_words, kRowThreads), RowKind::kTokens,
               KvAppendArgs{.step = memory_.tables.words(),
                            .keys = value(op.inputs[0]),
                            .values = value(op.inputs[1]),
                            .cache = cache,
                            .head_dim = op.head_dim,
                            .key_stride = stride(op.inputs[0]),
                            .value_stride = stride(op.inputs[1])});
  }

  /// Whole, and in splits that are put together; a step takes one way.
  void attention(const Op& op) {
    const AttentionArgs args{.step = memory_.tables.words(),
                             .queries = value(op.inputs[0]),
                             .cache = memory_.cache.layer(op.layer),
                             .out = memory_.values.at(op.output),
                             .parts = memory_.parts.at<float>(),
                             .heads = op.heads,
                             .head_dim = op.head_dim,
                             .window = op.window,
                             .scale = op.scale,
                             .softcap = op.softcap,
                             .q_stride = stride(op.inputs[0]),
                             .out_stride = stride(op.output),
                             .splits_max = memory_.splits_max};
    const std::string& type = memory_.cache.type();
    row_launch("attention_whole_" + type, kAttentionThreads, op.heads, rows_of(op), args);
    made_.back().attention = Launch::Attention::kWhole;
    row_launch("attention_split_" + type, kAttentionThreads, op.heads, rows_of(op), args);
    made_.back().attention = Launch::Attention::kSplit;
    made_.back().by_split = true;
    row_launch("attention_merge_parts", kAttentionThreads, op.heads, rows_of(op), args);
    made_.back().attention = Launch::Attention::kSplit;
  }

  const FusedGraph& fused_;
  const Graph& graph_;
  const WeightTable& weights_;
  const PlanMemory& memory_;
  KernelSet& kernels_;
  std::vector<Launch> made_;
};

}  // namespace

bool is_supported(const Op& op, formats::DType weight_dtype) {
  if (op.kind == OpKind::kRmsNorm || op.kind == OpKind::kAddBias) return weight_dtype == formats::DType::kF32;
  if (op.kind == OpKind::kKvAppend) return weight_dtype <= formats::DType::kBF16;
  return op.kind != OpKind::kAttention || op.head_dim <= kHeadDimLimit;
}

std::vector<Launch> make_launches(const FusedGraph& fused, const WeightTable& weights, const PlanMemory& memory,
                                  KernelSet& kernels) {
  return LaunchMaker(fused, weights, memory, kernels).run();
}

}  // namespace rbee::engine::cuda
