#include "engine/models/weight_names.h"

#include <fmt/format.h>

namespace rbee::engine {
namespace {

using formats::Architecture;

std::string_view hugging_face_layer_part(Architecture architecture, WeightRole role) {
  const bool four_norms = architecture == Architecture::kGemma2;
  switch (role) {
    case WeightRole::kAttentionNorm:
      return "input_layernorm";
    case WeightRole::kQuery:
      return "self_attn.q_proj";
    case WeightRole::kKey:
      return "self_attn.k_proj";
    case WeightRole::kValue:
      return "self_attn.v_proj";
    case WeightRole::kQueryKeyValue:
      return "self_attn.qkv_proj";
    case WeightRole::kAttentionOutput:
      return "self_attn.o_proj";
    case WeightRole::kQueryNorm:
      return "self_attn.q_norm";
    case WeightRole::kKeyNorm:
      return "self_attn.k_norm";
    case WeightRole::kPostAttentionNorm:
      return "post_attention_layernorm";
    case WeightRole::kFeedForwardNorm:
      return four_norms ? "pre_feedforward_layernorm" : "post_attention_layernorm";
    case WeightRole::kGate:
      return "mlp.gate_proj";
    case WeightRole::kUp:
      return "mlp.up_proj";
    case WeightRole::kGateUp:
      return "mlp.gate_up_proj";
    case WeightRole::kDown:
      return "mlp.down_proj";
    case WeightRole::kPostFeedForwardNorm:
      return "post_feedforward_layernorm";
    default:
      return "";
  }
}

std::string_view gguf_layer_part(WeightRole role) {
  switch (role) {
    case WeightRole::kAttentionNorm:
      return "attn_norm";
    case WeightRole::kQuery:
      return "attn_q";
    case WeightRole::kKey:
      return "attn_k";
    case WeightRole::kValue:
      return "attn_v";
    case WeightRole::kQueryKeyValue:
      return "attn_qkv";
    case WeightRole::kAttentionOutput:
      return "attn_output";
    case WeightRole::kQueryNorm:
      return "attn_q_norm";
    case WeightRole::kKeyNorm:
      return "attn_k_norm";
    case WeightRole::kPostAttentionNorm:
      return "post_attention_norm";
    case WeightRole::kFeedForwardNorm:
      return "ffn_norm";
    case WeightRole::kGate:
      return "ffn_gate";
    case WeightRole::kUp:
    case WeightRole::kGateUp:
      return "ffn_up";  // Phi-3: [gate | up] in one tensor
    case WeightRole::kDown:
      return "ffn_down";
    case WeightRole::kPostFeedForwardNorm:
      return "post_ffw_norm";
    default:
      return "";
  }
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::string weight_name(NameScheme scheme, Architecture architecture, WeightRole role, std::uint32_t layer) {
  const bool gguf = scheme == NameScheme::kGguf;
  switch (role) {
    case WeightRole::kTokenEmbedding:
      return gguf ? "token_embd" : "model.embed_tokens";
    case WeightRole::kOutputNorm:
      return gguf ? "output_norm" : "model.norm";
    case WeightRole::kOutput:
      return gguf ? "output" : "lm_head";
    default:
      break;
  }
  if (gguf) return fmt::format("blk.{}.{}", layer, gguf_layer_part(role));
  return fmt::format("model.layers.{}.{}", layer, hugging_face_layer_part(architecture, role));
}

bool is_ignorable_tensor(std::string_view name) {
  return ends_with(name, ".rotary_emb.inv_freq") || name == "rope_freqs.weight" || name == "rope_factors_long.weight" ||
         name == "rope_factors_short.weight" || ends_with(name, ".attn_rot_embd.weight");
}

}  // namespace rbee::engine
