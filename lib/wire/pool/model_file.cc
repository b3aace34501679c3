#include "wire/pool/model_file.h"

#include <algorithm>
#include <limits>

#include <boost/json/value.hpp>

#include "base/error.h"
#include "wire/pool/record_fields.h"

namespace rbee::wire {

bool is_inner_path(std::string_view path) {
  for (const char c : path) {
    if (c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

bool is_sha256_hex(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

boost::json::value to_json(const ModelFile& file) {
  boost::json::object object{{"path", file.path}, {"size", file.size}};
  if (!file.sha256.empty()) object["sha256"] = file.sha256;
  for (const auto& [key, value] : file.other) object.emplace(key, value);
  return object;
}

ModelFile model_file_from_json(const boost::json::value& value, const std::string& where) {
  RecordFields fields(value, where);
  ModelFile file;
  file.path = fields.text("path");
  if (!is_inner_path(file.path))
    fields.wrong("path", boost::json::string(file.path), "a path inside the model's folder");
  file.size = fields.count("size", std::numeric_limits<std::int64_t>::max());
  file.sha256 = fields.text_or("sha256", "");
  if (!file.sha256.empty() && !is_sha256_hex(file.sha256)) {
    fields.wrong("sha256", boost::json::string(file.sha256), "a sha256 digest: 64 lower-case hex digits");
  }
  file.other = fields.rest();
  return file;
}

}  // namespace rbee::wire
