#pragma once
// The checked parts of a GGUF vocabulary.

#include <vector>

#include "engine/tokenizer/bpe_parts.h"
#include "engine/tokenizer/gguf_special.h"
#include "engine/tokenizer/gguf_vocab.h"
#include "engine/tokenizer/normalizer.h"
#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/special_template.h"
#include "engine/tokenizer/token_decoder.h"
#include "engine/tokenizer/tokenizer_json.h"

namespace rbee::engine {

struct GgufParts {
  BpeParts model;
  GgufSpecialTokens special;
  std::vector<bool> is_special;  ///< by id: control and unknown tokens
  SpecialTemplate around;
  Normalizer normalizer{{}};
  PreTokenizer pre_tokenizer{{}};
  bool add_space_prefix = false;
  TokenDecoder decoder{{}};
};

/// Throws as make_gguf_tokenizer() says.
GgufParts read_gguf_parts(const GgufVocab& vocab);

}  // namespace rbee::engine
