#pragma once
// From the records of a request to what the engine takes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "wire/openai_fields.h"
#include "wire/prompt.h"
#include "wire/sampling_fields.h"

namespace rbee::worker {

engine::SamplingParams to_params(const wire::SamplingFields& fields);

/// Text is tokenized with the tokenizer's own first and last tokens, unless it starts with that first token already;
/// ids are taken as they are.
std::vector<engine::TokenId> prompt_tokens(const engine::Engine& engine, const wire::Prompt& prompt);

/// The chat template's text, tokenized likewise: some templates print the first token, others leave it out.
std::vector<engine::TokenId> chat_tokens(const engine::Engine& engine, const boost::json::value& messages);

/// How much a request may generate.
struct TokenBudget {
  std::size_t prompt = 0;              ///< tokens of the prompt
  std::optional<std::uint32_t> asked;  ///< max_tokens of the request
  std::uint32_t otherwise = 0;         ///< the default, cut to what the context leaves
  std::uint32_t context = 0;
};
/// The number of tokens. Throws HttpError 400 "context_length_exceeded" with both counts when prompt and answer do not
/// fit: param is `prompt_param` when the prompt alone is too long, else "max_tokens". An explicit number is never cut.
std::uint32_t max_tokens(const TokenBudget& budget, const std::string& prompt_param);

/// "MAX_TOKENS", "STOP_SEQUENCE", "EOS" or "CANCELLED".
std::string_view stop_reason_name(engine::StopReason reason);

/// The tokens' raw bytes with their log-probabilities.
std::vector<wire::TextLogprob> with_text(const engine::Engine& engine,
                                         const std::vector<engine::TokenLogprob>& logprobs);

}  // namespace rbee::worker
