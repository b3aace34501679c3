#include "wire/text_request.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "wire/limits.h"
#include "wire/object_reader.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

const json::value& required(ObjectReader& reader, std::string_view name) {
  const json::value* value = reader.any(name);
  if (value == nullptr) fail_field(name, "missing");
  return *value;
}

void check_objects(const json::value& value, std::string_view name, std::uint32_t count_max) {
  if (!value.is_array()) fail_field(name, value, "an array of objects");
  const json::array& array = value.get_array();
  if (array.size() > count_max) {
    fail_field(name, fmt::format("{} entries, at most {} are allowed", array.size(), count_max));
  }
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (!array[i].is_object()) fail_field(fmt::format("{}[{}]", name, i), array[i], "an object");
  }
}

}  // namespace

TokenizeRequest parse_tokenize_request(std::string_view body) {
  const json::object object = parse_object(body);
  ObjectReader reader(object);
  TokenizeRequest out;
  required(reader, "content");
  out.content = *reader.string("content", kTextBytesMax);
  out.add_special = reader.boolean("add_special").value_or(true);
  reader.finish();
  return out;
}

DetokenizeRequest parse_detokenize_request(std::string_view body) {
  const json::object object = parse_object(body);
  ObjectReader reader(object);
  DetokenizeRequest out;
  out.tokens = read_token_ids(required(reader, "tokens"), "tokens");
  out.skip_special = reader.boolean("skip_special").value_or(false);
  reader.finish();
  return out;
}

ApplyTemplateRequest parse_apply_template_request(std::string_view body) {
  const json::object object = parse_object(body);
  ObjectReader reader(object);
  ApplyTemplateRequest out;
  out.messages = required(reader, "messages");
  check_objects(out.messages, "messages", kMessagesMax);
  if (out.messages.get_array().empty()) fail_field("messages", "there is no message");
  if (const json::value* tools = reader.any("tools"); tools != nullptr && !tools->is_null()) {
    check_objects(*tools, "tools", kToolsMax);
    out.tools = *tools;
  }
  out.add_generation_prompt = reader.boolean("add_generation_prompt").value_or(true);
  reader.finish();
  return out;
}

}  // namespace rbee::wire
