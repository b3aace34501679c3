#pragma once
// How a GGUF model is divided into files: name-00001-of-00003.gguf with split.no = 0, split.count = 3, ...
// Source: llama.cpp's llama_split_path and tools/gguf-split.

#include <cstdint>
#include <filesystem>
#include <optional>

#include "formats/gguf_part.h"

namespace rbee::formats {

struct GgufSplit {
  std::uint64_t number = 0;  ///< of this part, from 0
  std::uint64_t count = 1;
  std::optional<std::uint64_t> tensors;  ///< of all parts together
};

/// What `part` says of itself; count 1 when it is whole. Its file name must agree. Throws Error{kBadFile}.
GgufSplit gguf_split_of(const GgufPart& part, const std::filesystem::path& path);

/// Throws Error{kBadFile} unless `found`, the split of the part at `path`, is part `number` of the same split as
/// `expected`.
void check_same_split(const GgufSplit& found, const GgufSplit& expected, std::uint64_t number,
                      const std::filesystem::path& path);

/// The path of part `number` (from 0) of `count`, given the path of any part.
std::filesystem::path gguf_part_path(const std::filesystem::path& any_part, std::uint64_t number, std::uint64_t count);

/// True when `name` ends with -NNNNN-of-NNNNN.gguf and is not the first part.
bool is_later_gguf_part(std::string_view name);

}  // namespace rbee::formats
