#pragma once
// A byte-level BPE tokenizer of any size, for models without one.

#include <cstdint>
#include <string>

#include <boost/json/object.hpp>

#include "pool/synth/model_shape.h"

namespace rbee::pool::synth {

/// tokenizer.json: exactly `shape.vocab` tokens, ids without gaps: the beginning and end markers at the shape's ids,
/// the 256 bytes, then made-up words of two to four letters with their merges. Every text encodes and every id decodes.
std::string tokenizer_json(const ModelShape& shape);

/// tokenizer_config.json, with a chat template.
boost::json::object tokenizer_config_json(const ModelShape& shape);

}  // namespace rbee::pool::synth
