#include "wire/completion_request.h"

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "wire/limits.h"

namespace rbee::wire {

namespace json = boost::json;

namespace {

std::vector<Prompt> read_prompts(ObjectReader& reader) {
  const json::value* value = reader.any("prompt");
  if (value == nullptr) fail_field("prompt", "missing");
  if (!value->is_array()) return {read_prompt(*value, "prompt")};
  const json::array& array = value->get_array();
  const bool is_list = !array.empty() && (array[0].is_string() || array[0].is_array());
  if (!is_list) return {read_prompt(*value, "prompt")};
  if (array.size() > kPromptsMax) {
    fail_field("prompt", fmt::format("{} prompts, at most {} are allowed", array.size(), kPromptsMax));
  }
  std::vector<Prompt> prompts;
  for (std::size_t i = 0; i < array.size(); ++i) prompts.push_back(read_prompt(array[i], fmt::format("prompt[{}]", i)));
  return prompts;
}

}  // namespace

CompletionRequest parse_completion_request(std::string_view body) {
  const json::object object = parse_object(body);
  ObjectReader reader(object);
  CompletionRequest out;
  out.prompts = read_prompts(reader);
  out.common = read_openai_fields(reader);
  out.echo = reader.boolean("echo").value_or(false);
  const std::int64_t fewest = out.echo ? 0 : 1;
  if (const auto n = reader.integer("max_tokens", fewest, kOutputTokensMax))
    out.max_tokens = static_cast<std::uint32_t>(*n);
  if (const auto n = reader.integer("logprobs", 0, kTopLogprobsMax)) out.logprobs = static_cast<std::uint32_t>(*n);
  if (const auto n = reader.integer("best_of", 1, 128); n && *n != 1) fail_field("best_of", "not supported: only 1");
  reader.refuse("suffix", "text is only continued, not filled in");
  reader.finish();
  return out;
}

}  // namespace rbee::wire
