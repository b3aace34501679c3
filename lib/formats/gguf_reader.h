#pragma once
// Puts the parts of a GGUF file together.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "formats/gguf.h"

namespace rbee::formats {

/// The two ways to a GgufFile. Stateless.
class GgufReader {
 public:
  /// GgufFile::open().
  static std::unique_ptr<GgufFile> open(const std::filesystem::path& path);

  /// A GgufFile over `bytes`, a whole unsplit file that outlives it. `path` is what its path() returns and what names
  /// it in errors. Throws as parse_gguf_part().
  static std::unique_ptr<GgufFile> read(std::span<const std::byte> bytes, const std::filesystem::path& path);
};

}  // namespace rbee::formats
