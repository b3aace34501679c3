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
constexpr std::uint32_t kRowThreads = 64;                     // elementwise.comp, rope.comp, embed.comp, kv_append.comp
constexpr std::uint32_t kMatmulRows = 16, kMatmulTokens = 8;  // outputs of a workgroup of matmul.comp
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
  DispatchMaker(const Graph& graph, const WeightTable& weights, const PlanMemory& memory, Pipelines& pipelines,
                BindingSets& sets)
      : graph_(graph),
        weights_(weights),
        memory_(memory),
        pipelines_(pipelines),
        sets_(sets),
        hazards_(memory.values.slot_count() + memory.cache.layout().layers) {}

  std::vector<Dispatch> run() {
    for (const Op& op : graph_.ops) {
      const std::size_t first = made_.size();
      add(op);
      made_[first].waits = wait_of(op);
    }
    return std::move(made_);
  }

 private:
  std::uint32_t columns(ValueId value) const { return graph_.values[value.value()].columns; }
  std::uint32_t stride(ValueId value) const { return memory_.values.stride(value); }
  std::uint32_t row_kind(const Op& op) const {
    return graph_.values[op.output.value()].rows == RowKind::kTokens ? 0 : 1;
  }

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
  VkDescriptorSet set(BufferRange x, BufferRange y, BufferRange out, BufferRange weight) {
    std::array<BufferRange, kBindings> ranges{x, y, out, weight, memory_.tables.range()};
    for (BufferRange& range : ranges) {
      if (range.buffer == VK_NULL_HANDLE) range = memory_.tables.range();
    }
    return sets_.make(ranges);
  }
  BufferRange value(ValueId id) const { return id == kNoValue ? BufferRange{} : memory_.values.range(id); }

  void add(const Op& op) {
    switch (op.kind) {
      case OpKind::kEmbed:
        return embed(op);
      case OpKind::kRmsNorm:
        return rms_norm(op);
      case OpKind::kMatmul:
        return matmul(op);
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

  void elementwise(const Op& op, Elementwise what, float factor) {
    const bool is_input = op.kind == OpKind::kInput;
    const BufferRange x = is_input ? BufferRange{memory_.input.handle(), 0, memory_.input.size()} : value(op.inputs[0]);
    const std::uint32_t x_stride = stride(is_input ? op.output : op.inputs[0]);
    const std::uint32_t y_stride = op.inputs[1] == kNoValue ? 0 : stride(op.inputs[1]);
    const BufferRange weight = op.weight == kNoWeight ? BufferRange{} : memory_.weights.slices(op.weight)[0].range;
    const VkPipeline pipeline = pipelines_.get("elementwise", static_cast<std::uint32_t>(what));
    made_.push_back(
        {.single = pipeline,
         .many = pipeline,
         .set = set(x, value(op.inputs[1]), value(op.output), weight),
         .push = {columns(op.output), x_stride, y_stride, stride(op.output), op.begin, bits(factor), row_kind(op)},
         .groups = groups_for(columns(op.output), kRowThreads),
         .rows = graph_.values[op.output.value()].rows});
  }

  void embed(const Op& op) {
    const Weight& weight = weights_[op.weight];
    const VkPipeline pipeline = pipelines_.get(fmt::format("embed_{}", formats::dtype_info(weight.dtype).name));
    for (const WeightSlice& slice : memory_.weights.slices(op.weight)) {
      made_.push_back({.single = pipeline,
                       .many = pipeline,
                       .set = set({}, {}, value(op.output), slice.range),
                       .push = {slice.rows, weight.columns, slice.row_words, stride(op.output), slice.row_begin},
                       .groups = groups_for(weight.columns, 8 * kRowThreads)});
    }
  }

  void rms_norm(const Op& op) {
    const VkPipeline pipeline = pipelines_.get("rms_norm");
    made_.push_back({.single = pipeline,
                     .many = pipeline,
                     .set = set(value(op.inputs[0]), {}, value(op.output), memory_.weights.slices(op.weight)[0].range),
                     .push = {op.group, stride(op.inputs[0]), stride(op.output), bits(op.eps), row_kind(op)},
                     .groups = columns(op.output) / op.group,
                     .rows = graph_.values[op.output.value()].rows});
  }

  void matmul(const Op& op) {
    const Weight& weight = weights_[op.weight];
    const std::string_view type = formats::dtype_info(weight.dtype).name;
    const VkPipeline single = pipelines_.get(fmt::format("matmul_{}_1", type));
    const VkPipeline many = pipelines_.get(fmt::format("matmul_{}_{}", type, kMatmulTokens));
    for (const WeightSlice& slice : memory_.weights.slices(op.weight)) {
      made_.push_back({.single = single,
                       .many = many,
                       .many_rows = kMatmulTokens,
                       .set = set(value(op.inputs[0]), {}, value(op.output), slice.range),
                       .push = {slice.rows, weight.columns, slice.row_words, stride(op.inputs[0]), stride(op.output),
                                slice.row_begin, row_kind(op)},
                       .groups = groups_for(slice.rows, kMatmulRows),
                       .rows = graph_.values[op.output.value()].rows});
    }
  }

  void rope(const Op& op) {
    const RopeTable& table = graph_.rope_tables[op.rope_table];
    const VkPipeline pipeline = pipelines_.get("rope", table.interleaved ? 1 : 0);
    made_.push_back(
        {.single = pipeline,
         .many = pipeline,
         .set = set(value(op.inputs[0]), {}, value(op.output), {}),
         .push = {columns(op.output), op.head_dim, static_cast<std::uint32_t>(table.inverse_frequencies.size()),
                  stride(op.inputs[0]), stride(op.output), op.rope_table},
         .groups = groups_for(columns(op.output), kRowThreads)});
  }

  void kv_append(const Op& op) {
    const KvCache& cache = memory_.cache;
    const VkPipeline pipeline = pipelines_.get("kv_append", static_cast<std::uint32_t>(cache.type()));
    made_.push_back({.single = pipeline,
                     .many = pipeline,
                     .set = set(value(op.inputs[0]), value(op.inputs[1]), cache.keys(op.layer), cache.values(op.layer)),
                     .push = {op.kv_heads, op.head_dim, cache.head_words(), cache.layout().block_tokens,
                              stride(op.inputs[0]), stride(op.inputs[1])},
                     .groups = groups_for(op.kv_heads * cache.head_words(), kRowThreads)});
  }

  void attention(const Op& op) {
    const KvCache& cache = memory_.cache;
    const VkPipeline pipeline = pipelines_.get("attention", static_cast<std::uint32_t>(cache.type()));
    made_.push_back({.single = pipeline,
                     .many = pipeline,
                     .set = set(value(op.inputs[0]), cache.keys(op.layer), value(op.output), cache.values(op.layer)),
                     .push = {op.heads, op.kv_heads, op.head_dim, cache.head_words(), cache.layout().block_tokens,
                              op.window, bits(op.scale), bits(op.softcap), stride(op.inputs[0]), stride(op.output)},
                     .groups = op.heads});
  }

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
  return op.kind != OpKind::kAttention || op.head_dim <= kHeadDimMax;
}

std::vector<Dispatch> make_dispatches(const Graph& graph, const WeightTable& weights, const PlanMemory& memory,
                                      Pipelines& pipelines, BindingSets& sets) {
  return DispatchMaker(graph, weights, memory, pipelines, sets).run();
}

}  // namespace rbee::engine::vulkan
