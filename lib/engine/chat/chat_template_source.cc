#include "engine/chat/chat_template_source.h"

#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "engine/chat/limits.h"
#include "formats/gguf.h"

namespace rbee::engine {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::uint64_t kTokenizerConfigBytesMax = std::uint64_t{16} << 20;  // added tokens make them long
constexpr std::string_view kConfigName = "tokenizer_config.json";

std::optional<std::string> read_template(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  return read_file(path, jinja::kTemplateBytesMax);
}

std::string to_text(const json::value& value, std::string_view what) {
  if (const auto* text = value.if_string()) return std::string(*text);
  fail(ErrorKind::kBadFile, "{}: {} is not a text", kConfigName, what);
}

// A token is written as its text or as {"content": text, ...}.
std::string token_text(const json::object& config, std::string_view key) {
  const json::value* token = config.if_contains(key);
  if (token == nullptr || token->is_null()) return {};
  if (const auto* object = token->if_object()) {
    const json::value* content = object->if_contains("content");
    if (content == nullptr) fail(ErrorKind::kBadFile, "{}: {} has no content", kConfigName, key);
    return to_text(*content, key);
  }
  return to_text(*token, key);
}

struct Templates {
  std::optional<std::string> text, tool_text;
};

Templates templates_of(const json::value& value) {
  Templates found;
  if (value.is_null()) return found;
  const json::array* list = value.if_array();
  if (list == nullptr) {
    found.text = to_text(value, "chat_template");
    return found;
  }
  for (const json::value& item : *list) {
    const json::object* entry = item.if_object();
    const json::value* name = entry != nullptr ? entry->if_contains("name") : nullptr;
    const json::value* body = entry != nullptr ? entry->if_contains("template") : nullptr;
    if (name == nullptr || body == nullptr) {
      fail(ErrorKind::kBadFile, "{}: an entry of chat_template lacks name or template", kConfigName);
    }
    const std::string key = to_text(*name, "chat_template[].name");
    if (key == "default") found.text = to_text(*body, "chat_template[].template");
    if (key == "tool_use") found.tool_text = to_text(*body, "chat_template[].template");
  }
  return found;
}

std::optional<ChatTemplateSource> from_gguf(const formats::GgufFile& gguf) {
  constexpr std::string_view kTemplate = "tokenizer.chat_template", kToolTemplate = "tokenizer.chat_template.tool_use";
  if (gguf.find(kTemplate) == nullptr) return std::nullopt;
  ChatTemplateSource source;
  source.text = gguf.get_string(kTemplate);
  if (gguf.find(kToolTemplate) != nullptr) source.tool_text = gguf.get_string(kToolTemplate);
  const std::vector<std::string>* tokens = gguf.find_strings("tokenizer.ggml.tokens");
  const auto token = [&](std::string_view key) -> std::string {
    if (tokens == nullptr || gguf.find(key) == nullptr) return {};
    const std::uint64_t id = gguf.get_uint(key);
    if (id >= tokens->size()) {
      fail(ErrorKind::kBadFile, "{}: {} is {}, the vocabulary has {} tokens", gguf.path().filename().string(), key, id,
           tokens->size());
    }
    return (*tokens)[id];
  };
  source.bos_token = token("tokenizer.ggml.bos_token_id");
  source.eos_token = token("tokenizer.ggml.eos_token_id");
  return source;
}

}  // namespace

std::optional<ChatTemplateSource> find_folder_template(const fs::path& folder) {
  ChatTemplateSource source;
  Templates found;
  std::error_code ignored;
  if (const fs::path path = folder / kConfigName; fs::exists(path, ignored)) {
    JsonLimits limits;
    limits.duplicates = JsonLimits::Duplicates::kLastWins;
    const json::value config = parse_json(read_file(path, kTokenizerConfigBytesMax), kConfigName, limits);
    const json::object* object = config.if_object();
    if (object == nullptr) fail(ErrorKind::kBadFile, "{}: not an object", kConfigName);
    if (const json::value* value = object->if_contains("chat_template")) found = templates_of(*value);
    source.bos_token = token_text(*object, "bos_token");
    source.eos_token = token_text(*object, "eos_token");
  }
  if (auto text = read_template(folder / "chat_template.jinja")) found.text = std::move(text);
  if (auto text = read_template(folder / "additional_chat_templates" / "tool_use.jinja")) {
    found.tool_text = std::move(text);
  }
  if (!found.text) found.text = found.tool_text;
  if (!found.text) return std::nullopt;
  source.text = std::move(*found.text);
  source.tool_text = std::move(found.tool_text);
  return source;
}

std::optional<ChatTemplateSource> find_chat_template(const formats::ModelFiles& model) {
  if (model.gguf() == nullptr) return find_folder_template(model.folder());
  return from_gguf(*model.gguf());
}

}  // namespace rbee::engine
