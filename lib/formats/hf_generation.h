#pragma once
// The token ids that config.json and generation_config.json give for generation.

#include <string_view>

#include "formats/json_fields.h"
#include "formats/model_config.h"

namespace rbee::formats {

/// bos_token_id, pad_token_id and eos_token_id (one id or a list) of either file. Ids are 0 or more; a single -1, as
/// old files have it, counts as none. Throws Error{kBadFile}.
GenerationConfig read_hf_generation(const JsonFields& fields);

/// Parses generation_config.json.
GenerationConfig parse_hf_generation(std::string_view text, std::string_view source);

/// What holds when a model has both files: an end-of-sequence id of either ends the answer; of the other ids,
/// generation_config.json's win.
GenerationConfig merge_generation(const GenerationConfig& config, const GenerationConfig& generation_config);

}  // namespace rbee::formats
