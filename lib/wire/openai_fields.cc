#include "wire/openai_fields.h"

#include <cmath>

#include "wire/limits.h"

namespace rbee::wire {

namespace json = boost::json;

OpenAiFields read_openai_fields(ObjectReader& reader) {
  OpenAiFields out;
  const auto model = reader.string("model", kNameBytesMax);
  if (!model || model->empty()) fail_field("model", "missing: name the model that is served here (GET /v1/models)");
  out.model = *model;
  out.sampling = read_sampling(reader);
  out.stop = read_stop(reader);
  out.stream = reader.boolean("stream").value_or(false);
  out.ignore_eos = reader.boolean("ignore_eos").value_or(false);
  if (const json::value* options = reader.any("stream_options")) {
    if (!options->is_object()) fail_field("stream_options", *options, "an object");
    if (!out.stream) fail_field("stream_options", "only allowed together with \"stream\": true");
    ObjectReader inner(options->get_object(), "stream_options.");
    out.include_usage = inner.boolean("include_usage").value_or(false);
    inner.finish();
  }
  if (const auto n = reader.integer("n", 1, 128); n && *n != 1) fail_field("n", "not supported: one answer per prompt");
  reader.string("user", kNameBytesMax);  // names the caller; it changes no answer
  return out;
}

json::object to_json(const Usage& usage) {
  json::object out;
  out["prompt_tokens"] = usage.prompt_tokens;
  out["completion_tokens"] = usage.completion_tokens;
  out["total_tokens"] = std::uint64_t{usage.prompt_tokens} + usage.completion_tokens;
  return out;
}

double json_logprob(double logprob) {
  return std::isfinite(logprob) ? logprob : -9999.0;
}

std::string finish_reason(std::string_view stop_reason) {
  return stop_reason == "MAX_TOKENS" ? "length" : "stop";
}

}  // namespace rbee::wire
