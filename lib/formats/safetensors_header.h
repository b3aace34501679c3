#pragma once
// The JSON header of a safetensors file.
// Source: the format's README and safetensors/src/tensor.rs (huggingface/safetensors).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::formats {

/// One entry of the header as it is written; offsets count from the end of the header.
struct SafetensorsEntry {
  std::string name;
  std::string dtype;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0, end = 0;
};

/// Parses `header`, which must be a JSON object whose first byte is '{', padded with white space at its end. Every
/// entry has exactly one dtype, shape and data_offsets; other fields are skipped; `__metadata__` maps strings to
/// strings. Duplicate keys are refused, except that two entries of one name are left to the caller.
/// `source` names the file in errors. Memory and time are linear in the entries. Throws Error{kBadFile}.
std::vector<SafetensorsEntry> parse_safetensors_header(std::string_view header, std::string_view source);

}  // namespace rbee::formats
