#include "engine/models/build_model.h"

#include <optional>

#include "base/checked.h"
#include "engine/graph/graph_builder.h"
#include "engine/models/rope_frequencies.h"
#include "engine/models/weight_binder.h"

namespace rbee::engine {
namespace {

using formats::Architecture;
using formats::ModelConfig;

ActivationKind activation_kind(formats::Activation activation) {
  switch (activation) {
    case formats::Activation::kSilu:
      return ActivationKind::kSilu;
    case formats::Activation::kGeluTanh:
      return ActivationKind::kGeluTanh;
    case formats::Activation::kGeluErf:
      return ActivationKind::kGeluErf;
  }
  return ActivationKind::kSilu;
}

// One decoder for every architecture; what differs between them is in the configuration, and in which of the
// optional weights (biases, fused projections, extra norms) the file holds.
class DecoderBuilder {
 public:
  DecoderBuilder(const formats::ModelFiles& files, WeightTable& weights)
      : config_(files.config()), binder_(files, weights), graph_(weights), files_(files) {}

  Graph build() {
    rope_table_ = graph_.add_rope_table(make_rope_table(config_.rope, config_.context_length));
    const WeightId embedding = binder_.matrix(WeightRole::kTokenEmbedding, 0, config_.vocab_size, config_.hidden_size);
    ValueId x = graph_.embed(embedding);
    if (config_.embedding_scale != 1.0) x = graph_.scale(x, static_cast<float>(config_.embedding_scale));
    for (std::uint32_t layer = 0; layer < config_.layers; ++layer) x = feed_forward(attention(x, layer), layer);
    // Only the rows whose output is wanted go through the last norm and the vocabulary.
    x = norm(graph_.take_rows(x), WeightRole::kOutputNorm, 0);
    ValueId logits = graph_.matmul(x, output_weight(embedding));
    if (config_.final_softcap != 0) logits = graph_.softcap(logits, static_cast<float>(config_.final_softcap));
    binder_.require_all_used();
    return graph_.finish(logits);
  }

 private:
  WeightId output_weight(WeightId embedding) {
    // A GGUF file says "tied" by leaving the output out; a config.json says it in so many words.
    const bool tied = files_.gguf() != nullptr ? !binder_.has(WeightRole::kOutput) : config_.tied_embeddings;
    if (!tied) return binder_.matrix(WeightRole::kOutput, 0, config_.vocab_size, config_.hidden_size);
    binder_.mark_used(WeightRole::kOutput);
    return embedding;
  }

  ValueId norm(ValueId x, WeightRole role, std::uint32_t layer) {
    return group_norm(x, role, layer, config_.hidden_size);
  }

  ValueId group_norm(ValueId x, WeightRole role, std::uint32_t layer, std::uint32_t group) {
    const WeightId weight = binder_.norm(role, layer, group, config_.norm_weight_plus_one ? 1.0F : 0.0F);
    return graph_.rms_norm(x, weight, static_cast<float>(config_.rms_norm_eps), group);
  }

  // x W^T + b for rows `range` of a projection that holds `total` rows.
  ValueId project(ValueId x, WeightRole role, std::uint32_t layer, std::uint32_t total, RowRange range) {
    const ValueId y = graph_.matmul(x, binder_.matrix_rows(role, layer, total, graph_.columns(x), range));
    const std::optional<WeightId> bias = binder_.bias(role, layer, total, range);
    return bias ? graph_.add_bias(y, *bias) : y;
  }

  ValueId project(ValueId x, WeightRole role, std::uint32_t layer, std::uint32_t rows) {
    return project(x, role, layer, rows, {0, rows});
  }

  struct QueryKeyValue {
    ValueId query, key, value;
  };

  QueryKeyValue project_qkv(ValueId x, std::uint32_t layer) {
    const std::uint32_t q = config_.heads * config_.head_dim, kv = config_.kv_heads * config_.head_dim;
    if (binder_.has(WeightRole::kQueryKeyValue, layer)) {
      const WeightRole fused = WeightRole::kQueryKeyValue;
      const std::uint32_t total = q + 2 * kv;
      return {project(x, fused, layer, total, {0, q}), project(x, fused, layer, total, {q, kv}),
              project(x, fused, layer, total, {q + kv, kv})};
    }
    return {project(x, WeightRole::kQuery, layer, q), project(x, WeightRole::kKey, layer, kv),
            project(x, WeightRole::kValue, layer, kv)};
  }

  ValueId attention(ValueId x, std::uint32_t layer) {
    auto [query, key, value] = project_qkv(norm(x, WeightRole::kAttentionNorm, layer), layer);
    if (config_.architecture == Architecture::kQwen3) {
      query = group_norm(query, WeightRole::kQueryNorm, layer, config_.head_dim);
      key = group_norm(key, WeightRole::kKeyNorm, layer, config_.head_dim);
    }
    query = graph_.rope(query, config_.heads, config_.head_dim, rope_table_);
    key = graph_.rope(key, config_.kv_heads, config_.head_dim, rope_table_);
    graph_.kv_append(key, value, layer, config_.kv_heads, config_.head_dim);
    const ValueId mixed = graph_.attention(query, {.layer = layer,
                                                   .heads = config_.heads,
                                                   .kv_heads = config_.kv_heads,
                                                   .head_dim = config_.head_dim,
                                                   .window = config_.sliding_windows[layer],
                                                   .scale = static_cast<float>(config_.attention_scale),
                                                   .softcap = static_cast<float>(config_.attention_softcap)});
    ValueId branch = project(mixed, WeightRole::kAttentionOutput, layer, config_.hidden_size);
    if (config_.architecture == Architecture::kGemma2) branch = norm(branch, WeightRole::kPostAttentionNorm, layer);
    return graph_.add(x, branch);
  }

  ValueId feed_forward(ValueId x, std::uint32_t layer) {
    const std::uint32_t width = config_.intermediate_size;
    const ValueId normed = norm(x, WeightRole::kFeedForwardNorm, layer);
    // GGUF has one name for Phi-3's fused tensor and for the others' "up"; a separate "gate" tells them apart.
    const bool fused = !binder_.has(WeightRole::kGate, layer) && binder_.has(WeightRole::kGateUp, layer);
    const ValueId gate = fused ? project(normed, WeightRole::kGateUp, layer, 2 * width, {0, width})
                               : project(normed, WeightRole::kGate, layer, width);
    const ValueId up = fused ? project(normed, WeightRole::kGateUp, layer, 2 * width, {width, width})
                             : project(normed, WeightRole::kUp, layer, width);
    const ValueId hidden = graph_.activation_mul(activation_kind(config_.activation), gate, up);
    ValueId branch = project(hidden, WeightRole::kDown, layer, config_.hidden_size);
    if (config_.architecture == Architecture::kGemma2) branch = norm(branch, WeightRole::kPostFeedForwardNorm, layer);
    return graph_.add(x, branch);
  }

  const ModelConfig& config_;
  WeightBinder binder_;
  GraphBuilder graph_;
  const formats::ModelFiles& files_;
  std::uint32_t rope_table_ = 0;
};

std::uint64_t count_parameters(const formats::ModelFiles& files) {
  Checked total = 0;
  for (const auto& [name, tensor] : files.tensors()) {
    Checked values = 1;
    for (const std::uint64_t dim : tensor.shape) values *= dim;
    total += values;
  }
  return total.value_or_throw("parameter count");
}

bool any_float32_matrix(const WeightTable& weights) {
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    const Weight& weight = weights[WeightId(i)];
    if (weight.rows > 1 && weight.dtype == formats::DType::kF32) return true;
  }
  return false;
}

}  // namespace

BuiltModel build_model(const formats::ModelFiles& files) {
  BuiltModel model;
  model.graph = DecoderBuilder(files, model.weights).build();
  const ModelConfig& config = files.config();
  model.kv = {.layers = config.layers,
              .kv_heads = config.kv_heads,
              .head_dim = config.head_dim,
              .dtype = any_float32_matrix(model.weights) ? formats::DType::kF32 : formats::DType::kF16};
  model.parameters = count_parameters(files);
  return model;
}

}  // namespace rbee::engine
