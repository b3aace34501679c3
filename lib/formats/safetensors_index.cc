#include "formats/safetensors_index.h"

#include <set>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/json.h"
#include "formats/json_fields.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

constexpr std::string_view kEnding = ".safetensors";

void check_shard_name(std::string_view name, std::string_view tensor, std::string_view source) {
  if (!is_plain_file_name(name)) {
    fail(ErrorKind::kBadFile, "{}: weight_map['{}'] is '{}': a shard name must be a plain file name", source, tensor,
         std::string(name.substr(0, name.find('\0'))));
  }
  if (name.size() <= kEnding.size() || name.substr(name.size() - kEnding.size()) != kEnding) {
    fail(ErrorKind::kBadFile, "{}: weight_map['{}'] is '{}', expected a name that ends with {}", source, tensor, name,
         kEnding);
  }
}

}  // namespace

bool is_plain_file_name(std::string_view name) {
  if (name.empty() || name == "." || name == "..") return false;
  for (const char c : name) {
    if (c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20) return false;
  }
  return true;
}

WeightMap parse_safetensors_index(std::string_view text, std::string_view source) {
  const boost::json::value document = parse_json(text, source);
  if (!document.is_object()) fail(ErrorKind::kBadFile, "{}: the document is not an object", source);
  const JsonFields index(document.get_object(), source);
  const std::optional<JsonFields> entries = index.fields("weight_map");
  if (!entries) index.missing("weight_map", "an object");
  if (entries->object().empty()) fail(ErrorKind::kBadFile, "{}: weight_map is empty", source);
  WeightMap map;
  std::set<std::string> shards;
  for (const auto& [tensor, shard] : entries->object()) {
    if (!shard.is_string()) entries->wrong(tensor, shard, "a file name");
    const std::string_view name = shard.get_string();
    check_shard_name(name, tensor, source);
    shards.emplace(name);
    if (shards.size() > kShardsMax) fail(ErrorKind::kBadFile, "{}: more than {} shards", source, kShardsMax);
    map.emplace(tensor, name);
  }
  return map;
}

}  // namespace rbee::formats
