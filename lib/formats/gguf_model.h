#pragma once
// A GGUF file, opened as a model.

#include <filesystem>
#include <memory>

#include "formats/model_files.h"

namespace rbee::formats {

/// Opens `path`, any part of a split file. Throws as open_model().
std::unique_ptr<ModelFiles> open_gguf_model(const std::filesystem::path& path);

}  // namespace rbee::formats
