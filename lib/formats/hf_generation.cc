#include "formats/hf_generation.h"

#include <algorithm>
#include <limits>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/json.h"
#include "formats/limits.h"

namespace rbee::formats {
namespace {

constexpr std::int64_t kTokenIdMax = std::numeric_limits<std::int32_t>::max();

std::optional<std::int32_t> token_id(const JsonFields& fields, std::string_view name) {
  const std::optional<std::int64_t> id = fields.integer(name, -1, kTokenIdMax);
  if (!id || *id < 0) return {};
  return static_cast<std::int32_t>(*id);
}

void add_once(std::vector<std::int32_t>& ids, std::int32_t id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

std::vector<std::int32_t> eos_ids(const JsonFields& fields) {
  constexpr const char* kName = "eos_token_id";
  const boost::json::value* value = fields.find(kName);
  if (value == nullptr) return {};
  if (!value->is_array()) {
    const std::optional<std::int32_t> id = token_id(fields, kName);
    return id ? std::vector{*id} : std::vector<std::int32_t>();
  }
  const boost::json::array& array = value->get_array();
  if (array.size() > kEosIdsMax) {
    fail(ErrorKind::kBadFile, "{} has {} ids, the limit is {}", fields.full_name(kName), array.size(), kEosIdsMax);
  }
  std::vector<std::int32_t> ids;
  for (const boost::json::value& id : array) {
    if (!id.is_int64() || id.get_int64() < 0 || id.get_int64() > kTokenIdMax) {
      fields.wrong(kName, id, fmt::format("integers from 0 to {}", kTokenIdMax));
    }
    add_once(ids, static_cast<std::int32_t>(id.get_int64()));
  }
  return ids;
}

}  // namespace

GenerationConfig read_hf_generation(const JsonFields& fields) {
  return {eos_ids(fields), token_id(fields, "bos_token_id"), token_id(fields, "pad_token_id")};
}

GenerationConfig parse_hf_generation(std::string_view text, std::string_view source) {
  const boost::json::value document = parse_json(text, source);
  if (!document.is_object()) fail(ErrorKind::kBadFile, "{}: the document is not an object", source);
  return read_hf_generation(JsonFields(document.get_object(), source));
}

GenerationConfig merge_generation(const GenerationConfig& config, const GenerationConfig& generation_config) {
  GenerationConfig merged = generation_config;
  for (const std::int32_t id : config.eos_ids) add_once(merged.eos_ids, id);
  if (!merged.bos_id) merged.bos_id = config.bos_id;
  if (!merged.pad_id) merged.pad_id = config.pad_id;
  return merged;
}

}  // namespace rbee::formats
