#pragma once
// What holds for every ModelConfig, whatever file it came from, and what both kinds of file derive alike.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/model_config.h"

namespace rbee::formats {

/// Throws Error{kBadFile} unless every count is within limits.h, the heads divide, the rotating channels are an even
/// part of a head, and the rope tables have the size they need. `source` names the file. That the weights have the
/// shapes these numbers say is checked by the engine, weight by weight, when it binds them.
void check_model_config(const ModelConfig& config, std::string_view source);

/// The word for lists in errors: "llama, mistral, qwen2, qwen3, phi3, gemma, gemma2".
std::string known_architectures();

/// YaRN's factor on cos and sin: 0.1 ln(factor) + 1, or 1 for a factor of at most 1.
/// Source: arXiv 2309.00071, section 3.4; transformers modeling_rope_utils.py (get_mscale).
double yarn_attention_factor(double factor);

/// LongRoPE's factor on cos and sin: sqrt(1 + ln(factor) / ln(original_context)), or 1 for a factor of at most 1.
/// Source: arXiv 2402.13753; transformers modeling_rope_utils.py (_compute_longrope_parameters).
double longrope_attention_factor(double factor, std::uint32_t original_context);

}  // namespace rbee::formats
