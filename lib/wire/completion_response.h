#pragma once
// Answers of /v1/completions: the whole one, and the chunks of a stream; both are "text_completion" objects.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "wire/openai_fields.h"

namespace rbee::wire {

/// logprobs of the legacy form: {"tokens","token_logprobs","top_logprobs","text_offset"}, four lists of one length.
struct CompletionLogprobs {
  std::vector<TextLogprob> tokens;
  std::uint64_t first_offset = 0;  ///< characters of the choice's text before the first token
  bool with_alternatives = true;   ///< top_logprobs is null otherwise
};

struct CompletionChoice {
  std::uint32_t index = 0;  ///< of the prompt
  std::string text;
  std::optional<CompletionLogprobs> logprobs;
  std::optional<std::string> finish_reason;  ///< null in the chunks before the last
};

struct CompletionAnswer {
  std::string id;            ///< "cmpl-…"
  std::int64_t created = 0;  ///< Unix seconds
  std::string model;
  std::vector<CompletionChoice> choices;
  std::optional<Usage> usage;
  bool usage_null = false;  ///< "usage": null, in chunks before the one that has it
};

boost::json::object to_json(const CompletionAnswer& answer);

/// How many characters (code points) `tokens` take, as text_offset counts them.
std::uint64_t text_length(const std::vector<TextLogprob>& tokens);

}  // namespace rbee::wire
