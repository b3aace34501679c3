#pragma once
// The metadata section of a GGUF file.

#include <cstdint>
#include <map>
#include <string>

#include "formats/gguf.h"
#include "formats/gguf_cursor.h"

namespace rbee::formats {

using GgufMetadata = std::map<std::string, GgufValue, std::less<>>;

/// Reads `count` entries at the cursor. Keys are unique, not empty and without NUL (ggml accepts any character but
/// that, so the specification's alphabet is not enforced); strings, arrays and the memory held by all of them are
/// within limits.h; arrays hold no arrays; booleans are 0 or 1. Throws Error{kBadFile}.
GgufMetadata read_gguf_metadata(GgufCursor& cursor, std::uint64_t count);

}  // namespace rbee::formats
