#pragma once
// The vocabulary of a GGUF file as plain data. Keys: ggml's docs/gguf.md, section "Tokenizer".

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace rbee::engine {

/// Values of tokenizer.ggml.token_type.
enum class GgufTokenType : std::uint8_t {
  kUndefined = 0,
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kUserDefined = 4,
  kUnused = 5,
  kByte = 6,
};

/// The metadata under tokenizer.ggml., unchecked but for its types.
struct GgufVocab {
  std::string source;              ///< names the file in errors
  std::string model;               ///< "gpt2", "llama"
  std::optional<std::string> pre;  ///< the kind of pre-tokenizer of "gpt2"
  std::string name;                ///< general.name: Phi-3's tokens strip by it, as in llama.cpp
  std::vector<std::string> tokens;
  std::vector<float> scores;        ///< empty, or one per token
  std::vector<std::int64_t> types;  ///< empty, or one per token
  std::vector<std::string> merges;  ///< "left right"
  std::optional<std::uint64_t> bos, eos, unknown;
  std::optional<bool> add_bos, add_eos, add_space_prefix;
};

/// Builds the tokenizer. Throws Error: kBadFile naming the key (arrays shorter than the vocabulary, a token twice,
/// ids out of range, merges that join to no token, a byte token that is none, limits), kUnsupported (model, pre).
std::unique_ptr<Tokenizer> make_gguf_tokenizer(const GgufVocab& vocab);

}  // namespace rbee::engine
