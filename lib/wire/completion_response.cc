#include "wire/completion_response.h"

#include <algorithm>

#include "base/utf8.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

std::uint64_t characters(const std::string& valid_utf8) {
  return static_cast<std::uint64_t>(std::count_if(valid_utf8.begin(), valid_utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // not a continuation byte
  }));
}

json::value top_to_json(const TextLogprob& token) {
  if (!token.logprob) return nullptr;
  json::object top;
  // Most likely first; two tokens can have one text (partial characters), then the likelier stays.
  for (const auto& [bytes, logprob] : token.top) top.emplace(replace_invalid_utf8(bytes), json_logprob(logprob));
  top.emplace(replace_invalid_utf8(token.bytes), json_logprob(*token.logprob));
  return top;
}

json::value to_json(const CompletionLogprobs& logprobs) {
  json::array tokens, values, tops, offsets;
  std::uint64_t offset = logprobs.first_offset;
  for (const TextLogprob& token : logprobs.tokens) {
    const std::string text = replace_invalid_utf8(token.bytes);
    offsets.push_back(offset);
    offset += characters(text);
    tokens.push_back(json::string(text));
    values.push_back(token.logprob ? json::value(json_logprob(*token.logprob)) : json::value(nullptr));
    tops.push_back(top_to_json(token));
  }
  json::object out;
  out["tokens"] = std::move(tokens);
  out["token_logprobs"] = std::move(values);
  out["top_logprobs"] = logprobs.with_alternatives ? json::value(std::move(tops)) : json::value(nullptr);
  out["text_offset"] = std::move(offsets);
  return out;
}

}  // namespace

std::uint64_t text_length(const std::vector<TextLogprob>& tokens) {
  std::uint64_t length = 0;
  for (const TextLogprob& token : tokens) length += characters(replace_invalid_utf8(token.bytes));
  return length;
}

json::object to_json(const CompletionAnswer& answer) {
  json::array choices;
  for (const CompletionChoice& choice : answer.choices) {
    json::object one;
    one["text"] = choice.text;
    one["index"] = choice.index;
    one["logprobs"] = choice.logprobs ? to_json(*choice.logprobs) : json::value(nullptr);
    one["finish_reason"] =
        choice.finish_reason ? json::value(json::string(*choice.finish_reason)) : json::value(nullptr);
    choices.push_back(std::move(one));
  }
  json::object out;
  out["id"] = answer.id;
  out["object"] = "text_completion";
  out["created"] = answer.created;
  out["model"] = answer.model;
  out["choices"] = std::move(choices);
  if (answer.usage) out["usage"] = to_json(*answer.usage);
  if (!answer.usage && answer.usage_null) out["usage"] = nullptr;
  return out;
}

}  // namespace rbee::wire
