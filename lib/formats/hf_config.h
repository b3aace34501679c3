#pragma once
// config.json of a Hugging Face model folder, in the old style (rope_theta, rope_scaling) and the new
// (rope_parameters). Source: transformers, models/<name>/configuration_<name>.py, whose defaults hold for fields that
// are absent.

#include <string>
#include <string_view>

#include "formats/model_config.h"

namespace rbee::formats {

struct HfConfig {
  ModelConfig model;
  GenerationConfig generation;  ///< what config.json itself says; generation_config.json adds to it
  /// The architecture's own ids, for a model neither of whose files names any; empty where it has none.
  GenerationConfig fallback;
};

/// Parses `text`; `source` names the file in errors, `folder_name` is the model's name where the file has none.
/// The architecture is the first of `architectures`, or `model_type` where that is absent. `dtype` and `torch_dtype`
/// are not read: the tensors say what they are. Biases are not read either: the engine looks for bias tensors.
/// Throws Error: kBadFile; kUnsupported for an unknown architecture, with the list of known ones, and for features
/// that would change the result (quantization_config, an activation or a rope type that is not known, ...).
HfConfig parse_hf_config(std::string_view text, std::string_view source, std::string_view folder_name);

}  // namespace rbee::formats
