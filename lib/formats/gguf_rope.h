#pragma once
// Rotary position embedding as a GGUF file describes it.

#include "formats/gguf.h"
#include "formats/model_config.h"

namespace rbee::formats {

/// Reads the rope.* keys of `model`'s architecture and the tensors rope_freqs.weight, rope_factors_long.weight and
/// rope_factors_short.weight. Needs `model`'s architecture, head_dim and context_length. Yarn and longrope get their
/// attention_factor here. Source: llama.cpp llama-model.cpp (load_hparams), ggml ops.cpp (rope_yarn).
/// Throws Error{kBadFile, kUnsupported}.
RopeConfig read_gguf_rope(const GgufFile& file, const ModelConfig& model);

}  // namespace rbee::formats
