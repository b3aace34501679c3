#pragma once
// Where a model keeps its chat template.

#include <filesystem>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "formats/model_files.h"

namespace rbee::engine {

/// The template's text and the special tokens that it may print.
struct ChatTemplateSource {
  std::string text;
  std::optional<std::string> tool_text;  ///< another template for requests with tools, when the model has one
  std::string bos_token, eos_token;      ///< empty when the model names none

  /// What a request is rendered with.
  const std::string& for_tools(const boost::json::value& tools) const {
    return tool_text && !tools.is_null() ? *tool_text : text;
  }
};

/// As transformers looks: chat_template.jinja in the folder, else `chat_template` of tokenizer_config.json (a text, or
/// a list of {name, template}: "default" and "tool_use"); for a GGUF its metadata "tokenizer.chat_template". Nullopt
/// when the model has no template. Throws Error{kBadFile} for a file that is malformed.
std::optional<ChatTemplateSource> find_chat_template(const formats::ModelFiles& model);

/// The same for a folder alone.
std::optional<ChatTemplateSource> find_folder_template(const std::filesystem::path& folder);

}  // namespace rbee::engine
