#pragma once
// One file of a model, as the catalog lists it.

#include <cstdint>
#include <string>

#include <boost/json/object.hpp>

namespace rbee::wire {

/// `{"path","size","sha256"}`.
struct ModelFile {
  std::string path;  ///< inside the model's folder; plain names and '/' only
  std::uint64_t size = 0;
  std::string sha256;         ///< 64 lower-case hex digits; empty: not known
  boost::json::object other;  ///< fields that this version does not know
};

boost::json::value to_json(const ModelFile& file);

/// `where` names the value in errors. Throws Error{kBadFile}: wrong types, a path that leaves the folder, no sha256.
ModelFile model_file_from_json(const boost::json::value& value, const std::string& where);

/// True for a relative path whose parts are neither empty, "." nor "..", without backslashes and control characters.
bool is_inner_path(std::string_view path);
/// True for 64 lower-case hex digits.
bool is_sha256_hex(std::string_view text);

}  // namespace rbee::wire
