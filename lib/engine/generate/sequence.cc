#include "engine/generate/sequence.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "engine/sample/logprobs.h"

namespace rbee::engine {
namespace {

double ms_between(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

TokenLogprob report(std::span<const float> logits, TokenId token, std::uint32_t alternatives) {
  const LogProbabilities logprobs(logits);
  return {.token = token, .logprob = logprobs.of(token), .top = logprobs.top(alternatives)};
}

}  // namespace

Sequence::Sequence(RequestId id, GenerateRequest request, EventSink sink, const SequenceTraits& traits,
                   SteadyTime submitted)
    : id_(id),
      request_(std::move(request)),
      sink_(std::move(sink)),
      traits_(traits),
      prompt_tokens_(static_cast<std::uint32_t>(request_.prompt.size())),
      tokens_(request_.prompt),
      decoder_(traits.tokenizer, SkipSpecial::kYes),
      stops_(request_.stop),
      submitted_(submitted) {
  RBEE_CHECK(prompt_tokens_ > 0);
  if (needs_token_counts(request_.sampling)) seen_.add_prompt(request_.prompt);
}

std::uint32_t Sequence::positions_max() const {
  return prompt_tokens_ + request_.max_tokens;
}

std::uint32_t Sequence::tokens_left() const {
  // Without an answer, the last prompt token's logits are not needed, so neither is the token.
  const auto known = static_cast<std::uint32_t>(tokens_.size()) - (request_.max_tokens == 0 ? 1 : 0);
  return known - computed_;
}

void Sequence::guess(std::uint32_t tokens_max) {
  const std::uint32_t answer_left = request_.max_tokens - output_tokens();
  drafter_.guess_after(tokens_, std::min(tokens_max, answer_left - 1));
}

SequenceSnapshot Sequence::snapshot() const {
  SequenceSnapshot snapshot;
  snapshot.tokens_left = tokens_left();
  snapshot.decoding = decoding();
  snapshot.draft_tokens = static_cast<std::uint32_t>(draft().size());
  snapshot.acceptance = drafter_.acceptance();
  // From the last prompt token on, the row of the last token is the only one.
  const bool every = request_.prompt_logprobs && computed_ + 1 < prompt_tokens_;
  snapshot.rows = every ? RowsWanted::kEvery : RowsWanted::kLast;
  return snapshot;
}

std::uint32_t Sequence::rows_wanted(std::uint32_t tokens) const {
  if (snapshot().rows == RowsWanted::kEvery) return tokens;
  return tokens == tokens_left() ? 1 : 0;
}

std::uint32_t Sequence::candidates_wanted() const {
  const bool reports = request_.logprobs || (request_.prompt_logprobs && !decoding());
  return reports ? 0 : candidates_needed(request_.sampling, traits_.vocab_size);
}

std::span<const TokenId> Sequence::next_tokens(std::uint32_t tokens) const {
  return std::span(tokens_).subspan(computed_, tokens);
}

void Sequence::start(SteadyTime now) {
  started_ = now;
  sink_(event(GenerateEvent::Kind::kStarted));
  if (tokens_left() == 0) finish_prompt(now);
}

void Sequence::take_step(std::uint32_t tokens, const OutputRows& rows, Sampler& sampler, SteadyTime now) {
  const std::uint32_t count = rows_wanted(tokens);
  RBEE_CHECK(rows.count() == count);
  const std::uint32_t first_row = computed_ + tokens - count;
  computed_ += tokens;
  for (std::uint32_t row = 0; row < count; ++row) {
    if (first_row + row + 1 < prompt_tokens_) {
      take_prompt_row(first_row + row, rows.part(row, 1).logits);
    } else {
      if (!decoding()) finish_prompt(now);
      take_output_row(rows.part(row, 1), sampler, now);
    }
  }
  if (!ended() && tokens_left() == 0) finish_prompt(now);
}

void Sequence::take_prompt_row(std::uint32_t position, std::span<const float> logits) {
  prompt_logprobs_.push_back(report(logits, tokens_[position + 1], *request_.prompt_logprobs));
}

// The prompt is in the cache, as far as it is needed.
void Sequence::finish_prompt(SteadyTime now) {
  prompt_done_ = now;
  if (request_.prompt_logprobs) {
    GenerateEvent prompt = event(GenerateEvent::Kind::kPrompt);
    prompt.prompt_logprobs = std::exchange(prompt_logprobs_, {});
    sink_(prompt);
  }
  if (request_.max_tokens == 0) end(StopReason::kMaxTokens, now);
}

void Sequence::take_output_row(const OutputRows& row, Sampler& sampler, SteadyTime now) {
  const TokenId token = row.candidates.empty()
                            ? sampler.sample(row.logits, request_.sampling, seen_, output_tokens())
                            : sampler.sample_candidates(row.candidates, request_.sampling, output_tokens());
  if (request_.logprobs) unsent_logprobs_.push_back(report(row.logits, token, *request_.logprobs));
  if (needs_token_counts(request_.sampling)) seen_.add_output(token);
  drafter_.take(token);
  tokens_.push_back(token);
  unsent_.push_back(token);
  if (!request_.ignore_eos && is_eos(token)) return end(StopReason::kEos, now);

  StopMatcher::Result result = stops_.push(text_of(token));
  if (!result.text.empty()) send_text(std::move(result.text));
  if (result.match) {
    GenerateEvent ending = event(GenerateEvent::Kind::kEnd);
    ending.stop_reason = StopReason::kStopSequence;
    ending.stop_sequence = *result.match;
    return end_with(std::move(ending), now);
  }
  if (output_tokens() == request_.max_tokens) end(StopReason::kMaxTokens, now);
}

void Sequence::send_text(std::string text) {
  GenerateEvent out = event(GenerateEvent::Kind::kText);
  out.text = std::move(text);
  out.tokens = std::exchange(unsent_, {});
  out.logprobs = std::exchange(unsent_logprobs_, {});
  sink_(out);
}

// Decides what was held back, which may turn out to hold a stop sequence, and ends.
void Sequence::end(StopReason reason, SteadyTime now) {
  GenerateEvent ending = event(GenerateEvent::Kind::kEnd);
  ending.stop_reason = reason;
  StopMatcher::Result last = stops_.push(decoder_.finish());
  if (!last.match) {
    StopMatcher::Result rest = stops_.finish();
    last = {last.text + rest.text, rest.match};
  }
  if (last.match && reason != StopReason::kCancelled) {
    ending.stop_reason = StopReason::kStopSequence;
    ending.stop_sequence = *last.match;
  }
  if (!last.text.empty()) send_text(std::move(last.text));
  end_with(std::move(ending), now);
}

void Sequence::end_with(GenerateEvent ending, SteadyTime now) {
  ending.output_tokens = output_tokens();
  ending.tokens = std::exchange(unsent_, {});
  ending.logprobs = std::exchange(unsent_logprobs_, {});
  const SteadyTime prompt_done = prompt_done_.value_or(now);
  ending.queue_ms = ms_between(submitted_, started_.value_or(now));
  ending.prefill_ms = started_ ? ms_between(*started_, prompt_done) : 0;
  ending.decode_ms = ms_between(prompt_done, now);
  ending_ = std::move(ending);
}

void Sequence::cancel(SteadyTime now) {
  if (!ended()) end(StopReason::kCancelled, now);
}

void Sequence::fail(std::string_view code, std::string_view message, SteadyTime now) {
  if (ended()) return;
  GenerateEvent ending = event(GenerateEvent::Kind::kError);
  ending.error_code = code;
  ending.error_message = message;
  end_with(std::move(ending), now);
}

GenerateEvent Sequence::event(GenerateEvent::Kind kind) const {
  GenerateEvent out;
  out.kind = kind;
  out.prompt_tokens = prompt_tokens_;
  out.output_tokens = output_tokens();
  return out;
}

bool Sequence::is_eos(TokenId token) const {
  return std::find(traits_.eos_ids.begin(), traits_.eos_ids.end(), token) != traits_.eos_ids.end();
}

std::string Sequence::text_of(TokenId token) {
  return traits_.known[static_cast<std::size_t>(token.value())] ? decoder_.push(token) : "";
}

}  // namespace rbee::engine
