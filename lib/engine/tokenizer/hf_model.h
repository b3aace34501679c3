#pragma once
// The model of a tokenizer.json: vocabulary and merges, checked.

#include "engine/tokenizer/bpe_parts.h"
#include "engine/tokenizer/json_node.h"
#include "engine/tokenizer/tokenizer_json.h"

namespace rbee::engine {

/// Reads `model`, whose vocabulary and merges are in `json`. Throws Error: kBadFile naming the place (an id twice, an
/// id far beyond the number of tokens, a merge whose sides or result are no tokens, a byte without a token),
/// kUnsupported (a model that is not BPE, subword prefixes and suffixes, dropout).
BpeParts read_hf_model(const JsonNode& model, const TokenizerJson& json, BpeUnit unit);

}  // namespace rbee::engine
