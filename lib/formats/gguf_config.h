#pragma once
// A GGUF file's metadata as ModelConfig and GenerationConfig.
// Source: llama.cpp's llama-arch.cpp (key names) and llama-model.cpp (load_hparams: defaults), gguf-py/constants.py.

#include "formats/gguf.h"
#include "formats/model_config.h"

namespace rbee::formats {

/// Reads the keys of general.architecture (llama, qwen2, qwen3, phi3, gemma, gemma2; Mistral models are llama there)
/// and the rope tensors (rope_freqs, rope_factors_long, rope_factors_short). head_count_kv and feed_forward_length may
/// be arrays of equal numbers. The vocabulary's size is that of the token list, or `vocab_size`, and must be the
/// embedding's. Throws Error{kBadFile, kUnsupported} naming the key, what was found and what is expected.
ModelConfig gguf_model_config(const GgufFile& file);

/// eos_token_id, eot_token_id and eom_token_id, and the control tokens by which chat models end a turn ("<|im_end|>",
/// "<|eot_id|>", "<end_of_turn>", "<|end|>", ...), which files often leave out of those keys. Ids outside the
/// vocabulary count as none.
GenerationConfig gguf_generation_config(const GgufFile& file, std::uint32_t vocab_size);

}  // namespace rbee::formats
