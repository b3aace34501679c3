#pragma once
// The rotation table of a model, from its configuration.

#include "engine/graph/op.h"
#include "formats/model_config.h"

namespace rbee::engine {

/// Inverse frequencies theta^(-2i/rotary_dim), scaled as the model's rope scaling says.
/// Sources: Su et al., "RoFormer" (2021); Llama 3.1 and longrope: transformers' modeling_rope_utils.py;
/// YaRN: Peng et al. (2023), eqs. 17-22. `context_length` is the model's, for longrope's magnitude.
RopeTable make_rope_table(const formats::RopeConfig& rope, std::uint32_t context_length);

}  // namespace rbee::engine
