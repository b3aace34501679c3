#include "wire/prompt.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "wire/limits.h"
#include "wire/object_reader.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

std::string joined_parts(const json::array& parts, const std::string& param) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string at = fmt::format("{}[{}]", param, i);
    if (!parts[i].is_object()) fail_field(at, parts[i], "an object");
    ObjectReader part(parts[i].get_object(), at + ".");
    const std::string type = part.string("type", kRoleBytesMax).value_or("");
    if (type != "text") fail_field(at + ".type", "only parts of type \"text\" are supported");
    const auto piece = part.string("text", kTextBytesMax);
    if (!piece) fail_field(at + ".text", "missing");
    part.finish();
    text += *piece;
  }
  return text;
}

json::object read_message(const json::value& value, const std::string& param) {
  if (!value.is_object()) fail_field(param, value, "an object with role and content");
  ObjectReader reader(value.get_object(), param + ".");
  json::object out;
  const auto role = reader.string("role", kRoleBytesMax);
  if (!role || role->empty()) fail_field(param + ".role", "missing");
  if (*role == "tool" || *role == "function") fail_field(param + ".role", "tool messages are not supported");
  reader.refuse("tool_calls", "tool calls");
  reader.refuse("tool_call_id", "tool calls");
  reader.refuse("function_call", "tool calls");
  reader.refuse("audio", "text only");
  out["role"] = *role;
  const json::value* content = reader.any("content");
  if (content == nullptr) fail_field(param + ".content", "missing");
  if (content->is_array()) {
    out["content"] = joined_parts(content->get_array(), param + ".content");
  } else {
    out["content"] = *reader.string("content", kTextBytesMax);
  }
  if (const auto name = reader.string("name", kNameBytesMax)) out["name"] = *name;
  reader.finish();
  return out;
}

}  // namespace

TokenIds read_token_ids(const json::value& value, std::string_view param) {
  if (!value.is_array()) fail_field(param, value, "an array of token ids");
  const json::array& array = value.get_array();
  if (array.size() > kTokensMax) {
    fail_field(param, fmt::format("{} token ids, at most {} are allowed", array.size(), kTokensMax));
  }
  TokenIds ids;
  ids.reserve(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    const json::value& id = array[i];
    if (!id.is_int64() || id.get_int64() < 0 || id.get_int64() > kTokenIdMax) {
      fail_field(fmt::format("{}[{}]", param, i), id, "a token id");
    }
    ids.push_back(static_cast<std::int32_t>(id.get_int64()));
  }
  return ids;
}

Prompt read_prompt(const json::value& value, std::string_view param) {
  if (value.is_string()) {
    const json::string& text = value.get_string();
    if (text.empty()) fail_field(param, "the prompt is empty");
    if (text.size() > kTextBytesMax) {
      fail_field(param, fmt::format("{} bytes of text, at most {} are allowed", text.size(), kTextBytesMax));
    }
    return std::string(text.data(), text.size());
  }
  if (!value.is_array()) fail_field(param, value, "text or an array of token ids");
  TokenIds ids = read_token_ids(value, param);
  if (ids.empty()) fail_field(param, "the prompt is empty");
  return ids;
}

json::value prompt_to_json(const Prompt& prompt) {
  if (const auto* text = std::get_if<std::string>(&prompt)) return json::string(*text);
  json::array ids;
  for (const std::int32_t id : std::get<TokenIds>(prompt)) ids.push_back(id);
  return ids;
}

json::value read_messages(const json::value& value, std::string_view param) {
  if (!value.is_array()) fail_field(param, value, "an array of messages");
  const json::array& array = value.get_array();
  if (array.empty()) fail_field(param, "there is no message");
  if (array.size() > kMessagesMax) {
    fail_field(param, fmt::format("{} messages, at most {} are allowed", array.size(), kMessagesMax));
  }
  json::array out;
  for (std::size_t i = 0; i < array.size(); ++i) out.push_back(read_message(array[i], fmt::format("{}[{}]", param, i)));
  return out;
}

}  // namespace rbee::wire
