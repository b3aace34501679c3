#pragma once
// model.safetensors.index.json: which shard holds which tensor.
// Source: transformers' modeling_utils (load of sharded checkpoints); there is no other specification.

#include <map>
#include <string>
#include <string_view>

namespace rbee::formats {

/// Shard file names by tensor name.
using WeightMap = std::map<std::string, std::string, std::less<>>;

/// Parses `text`; `source` names the file in errors. Every shard name is a plain file name that ends with
/// .safetensors. Throws Error{kBadFile}.
WeightMap parse_safetensors_index(std::string_view text, std::string_view source);

/// True for a name that stays in its folder: not empty, "." or "..", without '/', '\', ':' and control characters.
bool is_plain_file_name(std::string_view name);

}  // namespace rbee::formats
