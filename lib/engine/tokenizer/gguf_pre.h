#pragma once
// The pre-tokenizers that GGUF files name by tokenizer.ggml.pre.

#include <string_view>
#include <vector>

#include "engine/tokenizer/normalizer.h"
#include "engine/tokenizer/pre_tokenizer.h"

namespace rbee::engine {

struct GgufPre {
  std::vector<NormalizerStep> normalizer;
  std::vector<PreTokenizerStep> steps;
  bool ignore_merges = false;
  bool add_bos = false;  ///< where the file does not say
};

/// The kind `name`. Throws Error{kUnsupported} naming it and the known ones; `source` names the file.
GgufPre gguf_pre(std::string_view name, std::string_view source);

}  // namespace rbee::engine
