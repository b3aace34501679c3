#pragma once
// POST /v1/completions.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "wire/openai_fields.h"
#include "wire/prompt.h"

namespace rbee::wire {

struct CompletionRequest {
  OpenAiFields common;
  std::vector<Prompt> prompts;  ///< from text, a list of texts, ids, or a list of id lists; at least one
  std::optional<std::uint32_t>
      max_tokens;     ///< 0 only with echo; absent: 16, or what the context leaves when that is less
  bool echo = false;  ///< the answer begins with the prompt
  std::optional<std::uint32_t> logprobs;  ///< alternatives per token, 0 to 20; with echo for the prompt's tokens too
};

/// Throws Error{kBadRequest}; suffix and best_of are refused as not supported.
CompletionRequest parse_completion_request(std::string_view body);

}  // namespace rbee::wire
