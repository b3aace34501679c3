#pragma once
// Rotary position embedding as config.json describes it.

#include "formats/json_fields.h"
#include "formats/model_config.h"

namespace rbee::formats {

/// Reads `rope_scaling` (old style) or `rope_parameters` (new style; also nested per layer type, when all agree),
/// `rope_theta`, `partial_rotary_factor` and `original_max_position_embeddings`. Needs `model`'s architecture, head_dim
/// and context_length. Yarn and longrope get their attention_factor here.
/// Source: transformers modeling_rope_utils.py. Throws Error{kBadFile, kUnsupported}.
RopeConfig read_hf_rope(const JsonFields& config, const ModelConfig& model);

}  // namespace rbee::formats
