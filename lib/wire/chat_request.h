#pragma once
// POST /v1/chat/completions.

#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/json/value.hpp>

#include "wire/openai_fields.h"

namespace rbee::wire {

struct ChatRequest {
  OpenAiFields common;
  boost::json::value messages;              ///< what the chat template gets
  std::optional<std::uint32_t> max_tokens;  ///< max_completion_tokens or max_tokens; absent: what the context leaves
  std::optional<std::uint32_t> logprobs;    ///< with "logprobs": true, top_logprobs alternatives per token
};

/// Throws Error{kBadRequest}. Tools, functions, response formats other than text, and anything that is not text are
/// refused as not supported, never ignored.
ChatRequest parse_chat_request(std::string_view body);

}  // namespace rbee::wire
