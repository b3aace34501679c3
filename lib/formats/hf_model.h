#pragma once
// A Hugging Face model folder, opened.

#include <filesystem>
#include <memory>

#include "formats/model_files.h"

namespace rbee::formats {

/// Opens the folder, which holds config.json and model.safetensors or model.safetensors.index.json with its shards.
/// Throws as open_model().
std::unique_ptr<ModelFiles> open_hf_model(const std::filesystem::path& folder);

}  // namespace rbee::formats
