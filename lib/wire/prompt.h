#pragma once
// What a model is asked: text, token ids, or chat messages.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/value.hpp>

namespace rbee::wire {

using TokenIds = std::vector<std::int32_t>;
/// Text is tokenized with the model's own first tokens (BOS); ids are taken as they are.
using Prompt = std::variant<std::string, TokenIds>;

/// Non-empty text, or a non-empty array of ids. Throws Error{kBadRequest} with `param`.
Prompt read_prompt(const boost::json::value& value, std::string_view param);
boost::json::value prompt_to_json(const Prompt& prompt);

/// Ids, possibly none. Throws Error{kBadRequest} with `param`.
TokenIds read_token_ids(const boost::json::value& value, std::string_view param);

/// Chat messages of the form {role, content, name?} with text content; `content` may be OpenAI's array of
/// {"type":"text","text"} parts, which are joined. 1 to 10,000 of them. The result is what a chat template gets.
/// Throws Error{kBadRequest}; other kinds of content and tool messages are refused as not supported.
boost::json::value read_messages(const boost::json::value& value, std::string_view param);

}  // namespace rbee::wire
