#pragma once
// One GGUF file, which may be a part of a split one.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/gguf.h"
#include "formats/tensor_view.h"

namespace rbee::formats {

struct GgufPart {
  std::map<std::string, GgufValue, std::less<>> metadata;
  std::vector<TensorView> tensors;  ///< in file order; their data lies in the bytes that were parsed
};

/// Parses the file whose whole content is `bytes`; tensor data is not read. Checked: the version; every count and
/// length against limits.h and against the bytes left before memory is asked for; keys and names for duplicates;
/// every tensor's type, dimensions, size, offset (the running sum of the padded sizes, as ggml demands) and end.
/// `source` names the file in errors. Linear in the header. Throws Error: kBadFile; kUnsupported for version 1, big
/// endian, and tensor types that are known but cannot be computed with.
GgufPart parse_gguf_part(std::span<const std::byte> bytes, std::string_view source);

/// What kind of value it is, as error messages say it: "a string", "an array of floats", ...
std::string_view gguf_value_kind(const GgufValue& value);

}  // namespace rbee::formats
