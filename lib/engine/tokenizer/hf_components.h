#pragma once
// The components of a tokenizer.json around its model, each as a flat list of steps. Every function throws
// Error: kBadFile naming the JSON path, kUnsupported naming a type that is not known.

#include <vector>

#include "engine/tokenizer/json_node.h"
#include "engine/tokenizer/normalizer.h"
#include "engine/tokenizer/pre_tokenizer.h"
#include "engine/tokenizer/special_template.h"
#include "engine/tokenizer/token_decoder.h"

namespace rbee::engine {

std::vector<NormalizerStep> read_normalizer(const JsonNode& node);

/// The steps and whether the model sees bytes (a ByteLevel pre-tokenizer, which must be the last step).
struct PreTokenizerSteps {
  std::vector<PreTokenizerStep> steps;
  bool byte_level = false;
};
PreTokenizerSteps read_pre_tokenizer(const JsonNode& node);

std::vector<DecoderStep> read_decoder(const JsonNode& node);

/// Ids are checked to be below `id_end`.
SpecialTemplate read_post_processor(const JsonNode& node, std::size_t id_end);

}  // namespace rbee::engine
