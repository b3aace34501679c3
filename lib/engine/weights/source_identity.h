#pragma once
// Which weights a model's files hold.

#include <string>

#include "formats/model_files.h"

namespace rbee::engine {

/// 32 hexadecimal digits that change when the weights do: over every tensor's name, type, shape and place, and each
/// file's name, size, time of change, first bytes and samples of its content. Reads about 200 KB of each file.
/// Reading all of a model would take longer than loading it, and a digest from a catalog speaks of the file that was
/// downloaded, not of the one that lies there now. Who rewrites weights keeps neither time nor samples.
std::string source_identity(const formats::ModelFiles& files);

}  // namespace rbee::engine
