#include "pool/synth/model_shape.h"

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/near_match.h"
#include "base/printable.h"
#include "pool/ids.h"

namespace rbee::pool::synth {
namespace {

constexpr std::array kShapes = {
    ModelShape{"qwen-0.5b", "Qwen2ForCausalLM", "qwen2", 896, 4864, 24, 14, 2, 64, 151936, 32768, 1000000.0, 1e-6, true,
               151643, 151645, 0},
    ModelShape{"tinyllama", "LlamaForCausalLM", "llama", 2048, 5632, 22, 32, 4, 64, 32000, 2048, 10000.0, 1e-5, false,
               1, 2, 0},
    ModelShape{"phi3", "Phi3ForCausalLM", "phi3", 3072, 8192, 32, 32, 32, 96, 32064, 4096, 10000.0, 1e-5, false, 1,
               32000, 2047},
    ModelShape{"mistral", "MistralForCausalLM", "mistral", 4096, 14336, 32, 32, 8, 128, 32000, 32768, 1000000.0, 1e-5,
               false, 1, 2, 0},
    ModelShape{"llama3-8b", "LlamaForCausalLM", "llama", 4096, 14336, 32, 32, 8, 128, 128256, 8192, 500000.0, 1e-5,
               false, 128000, 128009, 0},
    ModelShape{"gemma-2b", "GemmaForCausalLM", "gemma", 2048, 16384, 18, 8, 1, 256, 256000, 8192, 10000.0, 1e-6, true,
               2, 1, 0},
    ModelShape{"codellama-7b", "LlamaForCausalLM", "llama", 4096, 11008, 32, 32, 32, 128, 32016, 16384, 1000000.0, 1e-5,
               false, 1, 2, 0},
};

std::string_view torch_name(ElementType type) {
  return type == ElementType::kBF16 ? "bfloat16" : type == ElementType::kF16 ? "float16" : "float32";
}

}  // namespace

const ModelShape& find_shape(std::string_view id) {
  for (const ModelShape& shape : kShapes) {
    if (shape.id == id) return shape;
  }
  std::string list;
  for (const std::string& known : shape_ids()) list += (list.empty() ? "" : ", ") + known;
  fail(ErrorKind::kBadRequest, "the shape of '{}' is not known{}: expected one of {}", printable(id, 60),
       suggestion(id, shape_ids()), list);
}

std::vector<std::string> shape_ids() {
  std::vector<std::string> ids;
  for (const ModelShape& shape : kShapes) ids.emplace_back(shape.id);
  return ids;
}

std::uint64_t SynthTensor::elements() const {
  std::uint64_t count = 1;
  for (const std::uint64_t dimension : shape) count *= dimension;  // at most 2^28 * 2^18 here
  return count;
}

std::vector<SynthTensor> tensors_of(const ModelShape& shape) {
  const std::uint64_t hidden = shape.hidden, inner = shape.intermediate;
  const std::uint64_t query = std::uint64_t{shape.heads} * shape.head_dim;
  const std::uint64_t key = std::uint64_t{shape.kv_heads} * shape.head_dim;
  const bool fused = shape.model_type == "phi3", biased = shape.model_type == "qwen2";
  std::vector<SynthTensor> tensors;
  tensors.push_back({"model.embed_tokens.weight", {shape.vocab, hidden}});
  for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
    const std::string at = "model.layers." + std::to_string(layer) + ".";
    tensors.push_back({at + "input_layernorm.weight", {hidden}, Draw::kNorm});
    if (fused) {
      tensors.push_back({at + "self_attn.qkv_proj.weight", {query + 2 * key, hidden}});
    } else {
      tensors.push_back({at + "self_attn.q_proj.weight", {query, hidden}});
      tensors.push_back({at + "self_attn.k_proj.weight", {key, hidden}});
      tensors.push_back({at + "self_attn.v_proj.weight", {key, hidden}});
    }
    if (biased) {
      tensors.push_back({at + "self_attn.q_proj.bias", {query}, Draw::kBias});
      tensors.push_back({at + "self_attn.k_proj.bias", {key}, Draw::kBias});
      tensors.push_back({at + "self_attn.v_proj.bias", {key}, Draw::kBias});
    }
    tensors.push_back({at + "self_attn.o_proj.weight", {hidden, query}});
    tensors.push_back({at + "post_attention_layernorm.weight", {hidden}, Draw::kNorm});
    if (fused) {
      tensors.push_back({at + "mlp.gate_up_proj.weight", {2 * inner, hidden}});
    } else {
      tensors.push_back({at + "mlp.gate_proj.weight", {inner, hidden}});
      tensors.push_back({at + "mlp.up_proj.weight", {inner, hidden}});
    }
    tensors.push_back({at + "mlp.down_proj.weight", {hidden, inner}});
  }
  tensors.push_back({"model.norm.weight", {hidden}, Draw::kNorm});
  if (!shape.tied) tensors.push_back({"lm_head.weight", {shape.vocab, hidden}});
  return tensors;
}

boost::json::object config_json(const ModelShape& shape, ElementType type) {
  boost::json::object config{{"architectures", boost::json::array{boost::json::string(shape.class_name)}},
                             {"model_type", shape.model_type},
                             {"hidden_size", shape.hidden},
                             {"intermediate_size", shape.intermediate},
                             {"num_hidden_layers", shape.layers},
                             {"num_attention_heads", shape.heads},
                             {"num_key_value_heads", shape.kv_heads},
                             {"head_dim", shape.head_dim},
                             {"vocab_size", shape.vocab},
                             {"max_position_embeddings", shape.context},
                             {"rope_theta", shape.rope_theta},
                             {"rope_scaling", nullptr},
                             {"rms_norm_eps", shape.rms_norm_eps},
                             {"tie_word_embeddings", shape.tied},
                             {"hidden_act", shape.model_type == "gemma" ? "gelu_pytorch_tanh" : "silu"},
                             {"bos_token_id", shape.bos},
                             {"eos_token_id", shape.eos},
                             {"initializer_range", 0.02},
                             {"torch_dtype", torch_name(type)}};
  if (shape.model_type == "gemma") config["hidden_activation"] = "gelu_pytorch_tanh";
  if (shape.model_type == "qwen2") {
    config["use_sliding_window"] = false;
    config["max_window_layers"] = shape.layers;
  } else {
    config["attention_bias"] = false;
  }
  if (shape.model_type == "phi3") config["original_max_position_embeddings"] = shape.context;
  if (shape.sliding_window != 0) config["sliding_window"] = shape.sliding_window;
  if (shape.model_type == "mistral") config["sliding_window"] = nullptr;
  return config;
}

boost::json::object generation_config_json(const ModelShape& shape) {
  return {{"bos_token_id", shape.bos}, {"eos_token_id", shape.eos}};
}

}  // namespace rbee::pool::synth
