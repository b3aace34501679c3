#include "wire/chat_request.h"

#include "wire/limits.h"
#include "wire/prompt.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

void read_response_format(ObjectReader& reader) {
  const json::value* format = reader.any("response_format");
  if (format == nullptr) return;
  if (!format->is_object()) fail_field("response_format", *format, "an object");
  ObjectReader inner(format->get_object(), "response_format.");
  if (inner.string("type", kNameBytesMax).value_or("") != "text") {
    fail_field("response_format", "not supported: only {\"type\": \"text\"}");
  }
  inner.finish();
}

void read_modalities(ObjectReader& reader) {
  const json::value* value = reader.any("modalities");
  if (value == nullptr) return;
  const bool text_only = value->is_array() && value->get_array().size() == 1 && value->get_array()[0] == "text";
  if (!text_only) fail_field("modalities", "not supported: only [\"text\"]");
}

std::optional<std::uint32_t> read_max_tokens(ObjectReader& reader) {
  const auto now = reader.integer("max_completion_tokens", 1, kOutputTokensMax);
  const auto old = reader.integer("max_tokens", 1, kOutputTokensMax);
  if (now && old && *now != *old) fail_field("max_tokens", "differs from max_completion_tokens; send one of them");
  const auto either = now ? now : old;
  return either ? std::optional(static_cast<std::uint32_t>(*either)) : std::nullopt;
}

std::optional<std::uint32_t> read_logprobs(ObjectReader& reader) {
  const bool wanted = reader.boolean("logprobs").value_or(false);
  const auto top = reader.integer("top_logprobs", 0, kTopLogprobsMax);
  if (top && !wanted) fail_field("top_logprobs", "only allowed together with \"logprobs\": true");
  return wanted ? std::optional(static_cast<std::uint32_t>(top.value_or(0))) : std::nullopt;
}

}  // namespace

ChatRequest parse_chat_request(std::string_view body) {
  const json::object object = parse_object(body);
  ObjectReader reader(object);
  ChatRequest out;
  const json::value* messages = reader.any("messages");
  if (messages == nullptr) fail_field("messages", "missing");
  out.messages = read_messages(*messages, "messages");
  out.common = read_openai_fields(reader);
  out.max_tokens = read_max_tokens(reader);
  out.logprobs = read_logprobs(reader);
  read_response_format(reader);
  read_modalities(reader);
  for (const char* name : {"tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"}) {
    reader.refuse(name, "this server does not call tools");
  }
  for (const char* name : {"audio", "prediction", "reasoning_effort", "service_tier", "store", "metadata", "verbosity",
                           "web_search_options", "prompt_cache_key", "safety_identifier"}) {
    reader.refuse(name, "this server has no such feature");
  }
  reader.finish();
  return out;
}

}  // namespace rbee::wire
