#pragma once
// What each weight is called in Hugging Face checkpoints and in GGUF files.

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/model_config.h"

namespace rbee::engine {

/// The part that a weight plays in the decoder. Layer roles repeat per layer.
enum class WeightRole : std::uint8_t {
  kTokenEmbedding,
  kOutputNorm,
  kOutput,
  kAttentionNorm,
  kQuery,
  kKey,
  kValue,
  kQueryKeyValue,
  kAttentionOutput,
  kQueryNorm,
  kKeyNorm,
  kPostAttentionNorm,
  kFeedForwardNorm,
  kGate,
  kUp,
  kGateUp,
  kDown,
  kPostFeedForwardNorm,
};

/// The naming scheme of a model's tensors.
enum class NameScheme : std::uint8_t { kHuggingFace, kGguf };

/// The tensor's name without ".weight" or ".bias", e.g. "model.layers.3.self_attn.q_proj" or "blk.3.attn_q".
/// Sources: transformers' modeling_<architecture>.py; gguf-py's constants.py.
std::string weight_name(NameScheme scheme, formats::Architecture architecture, WeightRole role, std::uint32_t layer);

/// True for tensors that a checkpoint may hold and that nothing reads: rotation tables, which are computed.
bool is_ignorable_tensor(std::string_view name);

}  // namespace rbee::engine
