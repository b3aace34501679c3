#include "wire/execute_request.h"

#include <algorithm>

#include <boost/json/array.hpp>

#include "wire/limits.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

std::string read_job_id(ObjectReader& reader) {
  const auto id = reader.string("job_id", kJobIdBytesMax);
  if (id && !is_job_id(*id)) {
    fail_field("job_id", "expected 1 to 128 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'");
  }
  return id.value_or("");
}

}  // namespace

bool is_job_id(std::string_view id) {
  return !id.empty() && id.size() <= kJobIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == ':' || c == '-';
  });
}

ExecuteRequest parse_execute_request(std::string_view body) {
  const json::object object = parse_object(body);
  ObjectReader reader(object);
  ExecuteRequest out;
  out.job_id = read_job_id(reader);
  const json::value* prompt = reader.any("prompt");
  const json::value* messages = reader.any("messages");
  if (prompt != nullptr && messages != nullptr) fail_field("messages", "either prompt or messages, not both");
  if (prompt == nullptr && messages == nullptr) fail_field("prompt", "missing: the request needs prompt or messages");
  if (prompt != nullptr) out.prompt = read_prompt(*prompt, "prompt");
  if (messages != nullptr) out.messages = read_messages(*messages, "messages");
  if (const auto n = reader.integer("max_tokens", 1, kOutputTokensMax)) out.max_tokens = static_cast<std::uint32_t>(*n);
  out.sampling = read_sampling(reader);
  out.stop = read_stop(reader);
  out.ignore_eos = reader.boolean("ignore_eos").value_or(false);
  reader.finish();
  return out;
}

json::object to_json(const ExecuteRequest& request) {
  json::object out;
  if (!request.job_id.empty()) out["job_id"] = request.job_id;
  if (request.prompt) out["prompt"] = prompt_to_json(*request.prompt);
  if (request.messages) out["messages"] = *request.messages;
  if (request.max_tokens) out["max_tokens"] = *request.max_tokens;
  write_sampling(request.sampling, out);
  if (!request.stop.empty()) out["stop"] = json::array(request.stop.begin(), request.stop.end());
  if (request.ignore_eos) out["ignore_eos"] = true;
  return out;
}

std::string parse_cancel_request(std::string_view body) {
  const json::object object = parse_object(body);
  ObjectReader reader(object);
  const std::string id = read_job_id(reader);
  if (id.empty()) fail_field("job_id", "missing");
  reader.finish();
  return id;
}

}  // namespace rbee::wire
