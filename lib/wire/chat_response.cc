#include "wire/chat_response.h"

#include "base/utf8.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

json::object entry(const std::string& bytes, double logprob) {
  json::object out;
  out["token"] = replace_invalid_utf8(bytes);
  out["logprob"] = json_logprob(logprob);
  json::array numbers;
  for (const char c : bytes) numbers.push_back(static_cast<unsigned char>(c));
  out["bytes"] = std::move(numbers);
  return out;
}

// {"content":[{token,logprob,bytes,top_logprobs}],"refusal":null}, or null.
json::value logprobs_to_json(const std::optional<std::vector<TextLogprob>>& logprobs) {
  if (!logprobs) return nullptr;
  json::array content;
  for (const TextLogprob& token : *logprobs) {
    json::object one = entry(token.bytes, token.logprob.value_or(0));
    json::array top;
    for (const auto& [bytes, logprob] : token.top) top.push_back(entry(bytes, logprob));
    one["top_logprobs"] = std::move(top);
    content.push_back(std::move(one));
  }
  json::object out;
  out["content"] = std::move(content);
  out["refusal"] = nullptr;
  return out;
}

json::object begin(const ChatHead& head, const char* object) {
  json::object out;
  out["id"] = head.id;
  out["object"] = object;
  out["created"] = head.created;
  out["model"] = head.model;
  return out;
}

}  // namespace

json::object to_json(const ChatAnswer& answer) {
  json::object message;
  message["role"] = "assistant";
  message["content"] = answer.content;
  message["refusal"] = nullptr;
  json::object choice;
  choice["index"] = 0;
  choice["message"] = std::move(message);
  choice["logprobs"] = logprobs_to_json(answer.logprobs);
  choice["finish_reason"] = answer.finish_reason;
  json::object out = begin(answer.head, "chat.completion");
  out["choices"] = json::array{std::move(choice)};
  out["usage"] = to_json(answer.usage);
  return out;
}

json::object to_json(const ChatChunk& chunk) {
  json::object out = begin(chunk.head, "chat.completion.chunk");
  if (chunk.usage) {
    out["choices"] = json::array();
    out["usage"] = to_json(*chunk.usage);
    return out;
  }
  json::object delta;
  if (chunk.first) {
    delta["role"] = "assistant";
    delta["content"] = "";
  }
  if (chunk.content) delta["content"] = *chunk.content;
  json::object choice;
  choice["index"] = 0;
  choice["delta"] = std::move(delta);
  choice["logprobs"] = logprobs_to_json(chunk.logprobs);
  choice["finish_reason"] =
      chunk.finish_reason ? json::value(json::string(*chunk.finish_reason)) : json::value(nullptr);
  json::array choices;
  choices.push_back(std::move(choice));
  out["choices"] = std::move(choices);
  if (chunk.usage_null) out["usage"] = nullptr;
  return out;
}

}  // namespace rbee::wire
