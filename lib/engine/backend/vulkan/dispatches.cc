#include "engine/backend/vulkan/dispatches.h"

#include <bit>
#include <string>

#include <fmt/format.h>

#include "base/check.h"
#include "engine/backend/vulkan/hazards.h"
#include "engine/backend/vulkan/limits.h"

namespace rbee::engine::vulkan {
namespace {

// As in the shaders.
constexpr std::uint32_t kRowThreads = 64;               // elementwise.comp, rope.comp, embed.comp, kv_append.comp
constexpr std::uint32_t kTeams = 4, kMatmulTokens = 8;  // matmul.comp
constexpr std::uint32_t kSoftmaxThreads = 64;           // softmax_parts.glsl
enum class Elementwise : std::uint32_t {
  kCopy = 0,
  kTakeRows = 1,
  kAdd = 2,
  kAddBias = 3,
  kScale = 4,
  kSoftcap = 5,
  kSilu = 6,
  kGeluTanh = 7,
  kGeluErf = 8
};

std::uint32_t groups_for(std::uint32_t count, std::uint32_t each) {
  return (count + each - 1) / each;
}

std::uint32_t bits(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

class DispatchMaker {
 public:
  DispatchMaker(const FusedGraph& fused, const WeightTable& weights, const PlanMemory& memory, Pipelines& pipelines,
                BindingSets& sets)
      : fused_(fused),
        graph_(fused.graph),
        weights_(weights),
        memory_(memory),
        pipelines_(pipelines),
        sets_(sets),
        hazards_(memory.values.slot_count() + memory.cache.layout().layers) {}

  std::vector<Dispatch> run() {
    for (std::size_t i = 0; i < graph_.ops.size(); ++i) {
      const Op& op = graph_.ops[i];
      const std::size_t first = made_.size();
      add(op, fused_.biases[i]);
      made_[first].waits = wait_of(op);
      // Of an op's two ways, each comes first in its steps.
      if (op.kind == OpKind::kAttention) made_[first + 1].waits = made_[first].waits;
    }
    return std::move(made_);
  }

 private:
  std::uint32_t columns(ValueId value) const { return graph_.values[value.value()].columns; }
  std::uint32_t stride(ValueId value) const { return memory_.values.stride(value); }
  RowKind rows_of(const Op& op) const { return graph_.values[op.output.value()].rows; }
  std::uint32_t row_kind(const Op& op) const { return rows_of(op) == RowKind::kTokens ? 0 : 1; }

  bool wait_of(const Op& op) {
    const auto cache = static_cast<std::uint32_t>(memory_.values.slot_count() + op.layer);
    std::vector<std::uint32_t> reads, writes;
    for (const ValueId input : op.inputs) {
      if (input != kNoValue) reads.push_back(memory_.values.slot(input));
    }
    if (op.output != kNoValue) writes.push_back(memory_.values.slot(op.output));
    if (op.kind == OpKind::kAttention) reads.push_back(cache);
    if (op.kind == OpKind::kKvAppend) writes.push_back(cache);
    return hazards_.must_wait(reads, writes);
  }

  /// The set of an op with these buffers; what a shader does not use is given the tables.
  VkDescriptorSet set(BufferRange x, BufferRange y, BufferRange out, BufferRange weight, BufferRange bias = {}) {
    std::array<BufferRange, kBindings> ranges{x, y, out, weight, memory_.tables.range(), bias};
    for (BufferRange& range : ranges) {
      if (range.buffer == VK_NULL_HANDLE) range = memory_.tables.range();
    }
    return sets_.make(ranges);
  }
  BufferRange vector_of(WeightId id) const {
    return id == kNoWeight ? BufferRange{} : memory_.weights.slices(id)[0].range;
  }
  BufferRange value(ValueId id) const { return id == kNoValue ? BufferRange{} : memory_.values.range(id); }

  void add(const Op& op, WeightId bias) {
    switch (op.kind) {
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
      case OpKind::kInput:
      case OpKind::kSliceColumns:
        return elementwise(op, Elementwise::kCopy, 0.0F);
      case OpKind::kAddBias:
        return elementwise(op, Elementwise::kAddBias, 0.0F);
      case OpKind::kAdd:
        return elementwise(op, Elementwise::kAdd, 0.0F);
      case OpKind::kScale:
        return elementwise(op, Elementwise::kScale, op.scale);
      case OpKind::kSoftcap:
        return elementwise(op, Elementwise::kSoftcap, op.softcap);
      case OpKind::kTakeRows:
        return elementwise(op, Elementwise::kTakeRows, 0.0F);
      case OpKind::kActivationMul:
        return elementwise(op, activation(op.activation), 0.0F);
    }
  }

  static Elementwise activation(ActivationKind kind) {
    switch (kind) {
      case ActivationKind::kSilu:
        return Elementwise::kSilu;
      case ActivationKind::kGeluTanh:
        return Elementwise::kGeluTanh;
      case ActivationKind::kGeluErf:
        return Elementwise::kGeluErf;
    }
    return Elementwise::kSilu;
  }

  /// A call whose workgroups do one row each.
  void row_call(const std::string& shader, Constants constants, std::uint32_t groups, VkDescriptorSet set,
                const PushWords& push, RowKind rows) {
    const Dispatch::Variant variant{.pipeline = pipelines_.get(shader, constants), .groups = groups};
    made_.push_back({.single = variant, .many = variant, .set = set, .push = push, .rows = rows});
  }

  void elementwise(const Op& op, Elementwise what, float factor) {
    const bool is_input = op.kind == OpKind::kInput;
    const BufferRange x = is_input ? BufferRange{memory_.input.handle(), 0, memory_.input.size()} : value(op.inputs[0]);
    const std::uint32_t x_stride = stride(is_input ? op.output : op.inputs[0]);
    const std::uint32_t y_stride = op.inputs[1] == kNoValue ? 0 : stride(op.inputs[1]);
    row_call("elementwise", {static_cast<std::uint32_t>(what)}, groups_for(columns(op.output), kRowThreads),
             set(x, value(op.inputs[1]), value(op.output), vector_of(op.weight)),
             {columns(op.output), x_stride, y_stride, stride(op.output), op.begin, bits(factor), row_kind(op)},
             rows_of(op));
  }

  void embed(const Op& op) {
    const Weight& weight = weights_[op.weight];
    for (const WeightSlice& slice : memory_.weights.slices(op.weight)) {
      row_call(fmt::format("embed_{}", formats::dtype_info(weight.dtype).name), {},
               groups_for(weight.columns, 8 * kRowThreads), set({}, {}, value(op.output), slice.range),
               {slice.rows, weight.columns, slice.row_words, stride(op.output), slice.row_begin}, rows_of(op));
    }
  }

  void rms_norm(const Op& op) {
    row_call("rms_norm", {}, columns(op.output) / op.group,
             set(value(op.inputs[0]), {}, value(op.output), vector_of(op.weight)),
             {op.group, stride(op.inputs[0]), stride(op.output), bits(op.eps), row_kind(op)}, rows_of(op));
  }

  void matmul(const Op& op, WeightId bias) {
    const Weight& weight = weights_[op.weight];
    const std::string name = fmt::format("matmul_{}", formats::dtype_info(weight.dtype).name);
    const bool adds_value = op.inputs[1] != kNoValue;
    const Constants epilogue{(bias == kNoWeight ? 0U : 1U) | (adds_value ? 2U : 0U)};
    const VkPipeline single = pipelines_.get(name + "_1", epilogue), many = pipelines_.get(name + "_8", epilogue);
    const std::uint32_t single_rows = formats::is_quantized(weight.dtype) ? 4 : 2, many_rows = 4;
    for (const WeightSlice& slice : memory_.weights.slices(op.weight)) {
      made_.push_back(
          {.single = {single, groups_for(slice.rows, kTeams * single_rows)},
           .many = {many, groups_for(slice.rows, kTeams * many_rows), kMatmulTokens},
           .set = set(value(op.inputs[0]), value(op.inputs[1]), value(op.output), slice.range, vector_of(bias)),
           .push = {slice.rows, weight.columns, slice.row_words, stride(op.inputs[0]), stride(op.output),
                    slice.row_begin, row_kind(op), adds_value ? stride(op.inputs[1]) : 0},
           .rows = rows_of(op)});
    }
  }

  void rope(const Op& op) {
    const RopeTable& table = graph_.rope_tables[op.rope_table];
    const auto pairs = static_cast<std::uint32_t>(table.inverse_frequencies.size());
    row_call("rope", {table.interleaved ? 1U : 0U}, groups_for(columns(op.output), kRowThreads),
             set(value(op.inputs[0]), {}, value(op.output), {}),
             {columns(op.output), op.head_dim, pairs, stride(op.inputs[0]), stride(op.output), op.rope_table},
             rows_of(op));
  }

  void kv_append(const Op& op) {
    const KvCache& cache = memory_.cache;
    row_call("kv_append", {static_cast<std::uint32_t>(cache.type())},
             groups_for(op.kv_heads * cache.head_words(), kRowThreads),
             set(value(op.inputs[0]), value(op.inputs[1]), cache.keys(op.layer), cache.values(op.layer)),
             {op.kv_heads, op.head_dim, cache.head_words(), cache.layout().block_tokens, stride(op.inputs[0]),
              stride(op.inputs[1])},
             RowKind::kTokens);
  }

  /// Whole, and in splits that are put together; a step takes one way.
  void attention(const Op& op) {
    const KvCache& cache = memory_.cache;
    const BufferRange parts{memory_.parts.handle(), 0, memory_.parts.size()};
    const Constants constants{static_cast<std::uint32_t>(cache.type()),
                              groups_for(cache.head_words(), kSoftmaxThreads)};
    const PushWords push{
        op.heads,          op.kv_heads,    op.head_dim,      cache.head_words(),   cache.layout().block_tokens,
        op.window,         bits(op.scale), bits(op.softcap), stride(op.inputs[0]), stride(op.output),
        memory_.splits_max};
    const BufferRange keys = cache.keys(op.layer), values = cache.values(op.layer), queries = value(op.inputs[0]);
    row_call("attention", constants, op.heads, set(queries, keys, value(op.output), values), push, rows_of(op));
    made_.back().attention = Dispatch::Attention::kWhole;
    row_call("attention_split", constants, op.heads, set(queries, keys, parts, values), push, rows_of(op));
    made_.back().attention = Dispatch::Attention::kSplit;
    made_.back().by_split = true;
    row_call("attention_merge", constants, op.heads, set(parts, {}, value(op.output), {}),
             {op.heads, op.head_dim, cache.head_words(), op.window, stride(op.output), memory_.splits_max},
             rows_of(op));
    made_.back().attention = Dispatch::Attention::kSplit;
    made_.back().waits = true;
  }

  const FusedGraph& fused_;
  const Graph& graph_;
  const WeightTable& weights_;
  const PlanMemory& memory_;
  Pipelines& pipelines_;
  BindingSets& sets_;
  Hazards hazards_;
  std::vector<Dispatch> made_;
};

}  // namespace

bool is_supported(const Op& op, formats::DType weight_dtype) {
  if (op.kind == OpKind::kRmsNorm || op.kind == OpKind::kAddBias) return weight_dtype == formats::DType::kF32;
  if (op.kind == OpKind::kKvAppend) return !formats::is_quantized(weight_dtype);
  return op.kind != OpKind::kAttention || op.head_dim <= kHeadDimMax;
}

std::vector<Dispatch> make_dispatches(const FusedGraph& fused, const WeightTable& weights, const PlanMemory& memory,
                                      Pipelines& pipelines, BindingSets& sets) {
  return DispatchMaker(fused, weights, memory, pipelines, sets).run();
}

}  // namespace rbee::engine::vulkan
