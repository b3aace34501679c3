#include "generation.h"

#include <algorithm>

#include <fmt/format.h>

#include "net/http_error.h"

namespace rbee::worker {

using engine::TokenId;

engine::SamplingParams to_params(const wire::SamplingFields& fields) {
  engine::SamplingParams params;
  params.temperature = static_cast<float>(fields.temperature);
  params.top_k = fields.top_k;
  params.top_p = static_cast<float>(fields.top_p);
  params.min_p = static_cast<float>(fields.min_p);
  params.repetition_penalty = static_cast<float>(fields.repetition_penalty);
  params.presence_penalty = static_cast<float>(fields.presence_penalty);
  params.frequency_penalty = static_cast<float>(fields.frequency_penalty);
  for (const auto& [id, bias] : fields.logit_bias) params.logit_bias.push_back({TokenId(id), static_cast<float>(bias)});
  params.seed = fields.seed;
  return params;
}

namespace {

// With the tokenizer's own first and last tokens, unless the text already starts with that first token: many chat
// templates print it, and models are not trained on two of them.
std::vector<TokenId> text_tokens(const engine::Engine& engine, const std::string& text) {
  std::vector<TokenId> plain = engine.tokenize(text, false);
  std::vector<TokenId> with_special = engine.tokenize(text, true);
  return !plain.empty() && plain.front() == with_special.front() ? plain : with_special;
}

}  // namespace

std::vector<TokenId> prompt_tokens(const engine::Engine& engine, const wire::Prompt& prompt) {
  if (const auto* text = std::get_if<std::string>(&prompt)) return text_tokens(engine, *text);
  std::vector<TokenId> ids;
  for (const std::int32_t id : std::get<wire::TokenIds>(prompt)) ids.emplace_back(id);
  return ids;
}

std::vector<TokenId> chat_tokens(const engine::Engine& engine, const boost::json::value& messages) {
  return text_tokens(engine, engine.apply_chat_template(messages, nullptr, true));
}

std::uint32_t max_tokens(const TokenBudget& budget, const std::string& prompt_param) {
  const std::uint64_t wanted = budget.asked.value_or(1);
  if (budget.prompt > budget.context || (budget.prompt == budget.context && wanted > 0)) {
    throw net::HttpError({400, "context_length_exceeded",
                          fmt::format("{}: the prompt has {} tokens, the context has {} positions", prompt_param,
                                      budget.prompt, budget.context),
                          prompt_param});
  }
  const auto left = static_cast<std::uint32_t>(budget.context - budget.prompt);
  if (!budget.asked) return std::min(budget.otherwise, left);
  if (wanted > left) {
    throw net::HttpError({400, "context_length_exceeded",
                          fmt::format("max_tokens: the prompt has {} tokens and max_tokens is {}, the context has {} "
                                      "positions",
                                      budget.prompt, wanted, budget.context),
                          "max_tokens"});
  }
  return *budget.asked;
}

std::string_view stop_reason_name(engine::StopReason reason) {
  switch (reason) {
    case engine::StopReason::kMaxTokens:
      return "MAX_TOKENS";
    case engine::StopReason::kStopSequence:
      return "STOP_SEQUENCE";
    case engine::StopReason::kEos:
      return "EOS";
    case engine::StopReason::kCancelled:
      return "CANCELLED";
  }
  return "CANCELLED";
}

std::vector<wire::TextLogprob> with_text(const engine::Engine& engine,
                                         const std::vector<engine::TokenLogprob>& logprobs) {
  std::vector<wire::TextLogprob> out;
  out.reserve(logprobs.size());
  for (const engine::TokenLogprob& token : logprobs) {
    wire::TextLogprob one{engine.token_text(token.token), token.logprob, {}};
    for (const auto& [id, logprob] : token.top) one.top.emplace_back(engine.token_text(id), logprob);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace rbee::worker
