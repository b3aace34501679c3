#pragma once
// One request while it is answered: its tokens, its text, its events.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/generate/drafter.h"
#include "engine/generate/output_rows.h"
#include "engine/generate/stop_matcher.h"
#include "engine/kv/block_pool.h"
#include "engine/sample/sampler.h"
#include "engine/sched/schedule.h"
#include "engine/tokenizer/tokenizer.h"

namespace rbee::engine {

/// What every sequence of an engine shares. Outlives them.
struct SequenceTraits {
  const Tokenizer& tokenizer;
  std::vector<TokenId> eos_ids;  ///< any of them ends an answer
  std::vector<bool> known;       ///< of known_tokens()
  std::uint32_t vocab_size = 0;
};

/// The state of a request from submission to its end. It sends its events as they come about, except the last one,
/// which the engine sends with deliver_ending() when the request holds nothing any more. A sink that throws makes the
/// method throw; the engine then ends the sequence with fail(). Engine thread only.
class Sequence {
 public:
  /// `request` has passed check_request.
  Sequence(RequestId id, GenerateRequest request, EventSink sink, const SequenceTraits& traits, SteadyTime submitted);

  RequestId id() const { return id_; }
  /// Positions that it may come to hold in the cache.
  std::uint32_t positions_max() const;

  /// For the scheduler; `blocks` and `last_step` are the engine's to fill in.
  SequenceSnapshot snapshot() const;
  /// Guesses at most `tokens_max` of the tokens to come, for draft() and snapshot(). Only while decoding.
  void guess(std::uint32_t tokens_max);
  /// The tokens guessed to follow all that are known. Never as many as the answer may still have: the last token of an
  /// answer is sampled, and never in the cache.
  std::span<const TokenId> draft() const { return drafter_.guess(); }
  TokenId last_token() const { return tokens_.back(); }

  /// Known tokens that are not in the cache yet. 0: nothing is left to compute.
  std::uint32_t tokens_left() const;

  /// The first step begins. Sends kStarted; ends at once when there is nothing to compute.
  void start(SteadyTime now);

  /// The next `tokens` tokens to compute, which start at position().
  std::span<const TokenId> next_tokens(std::uint32_t tokens) const;
  std::uint32_t position() const { return computed_; }
  std::uint32_t prompt_tokens() const { return prompt_tokens_; }
  bool decoding() const { return tokens_.size() > prompt_tokens_; }
  /// Of the next `tokens` tokens, how many at the end need their logits.
  std::uint32_t rows_wanted(std::uint32_t tokens) const;
  /// How many candidates of each of those rows are all that it looks at; 0: it looks at every logit.
  std::uint32_t candidates_wanted() const;

  /// Those tokens are in the cache; `rows` are those wanted, with as many candidates at least. Samples and sends what
  /// comes of it. Throws Error{kBadFile} for damaged logits.
  void take_step(std::uint32_t tokens, const OutputRows& rows, Sampler& sampler, SteadyTime now);

  void cancel(SteadyTime now);
  void fail(std::string_view code, std::string_view message, SteadyTime now);

  bool ended() const { return ending_.has_value(); }
  /// How it ended: a kEnd or kError event. Only when ended().
  const GenerateEvent& ending() const { return *ending_; }
  void deliver_ending() const { sink_(*ending_); }
  std::uint32_t output_tokens() const { return static_cast<std::uint32_t>(tokens_.size()) - prompt_tokens_; }

  BlockLease blocks;            ///< held from admission until the end
  std::uint64_t last_step = 0;  ///< that it was part of

 private:
  void take_prompt_row(std::uint32_t position, std::span<const float> logits);
  void take_output_row(const OutputRows& row, Sampler& sampler, SteadyTime now);
  void finish_prompt(SteadyTime now);
  void send_text(std::string text);
  void end(StopReason reason, SteadyTime now);
  void end_with(GenerateEvent event, SteadyTime now);
  GenerateEvent event(GenerateEvent::Kind kind) const;
  bool is_eos(TokenId token) const;
  std::string text_of(TokenId token);

  const RequestId id_;
  const GenerateRequest request_;
  const EventSink sink_;
  const SequenceTraits& traits_;
  const std::uint32_t prompt_tokens_;

  std::vector<TokenId> tokens_;  // prompt and output
  std::uint32_t computed_ = 0;   // of them, how many are in the cache
  TokenCounts seen_;             // kept only when a penalty needs it
  Drafter drafter_;
  StreamDecoder decoder_;
  StopMatcher stops_;
  std::vector<TokenId> unsent_;  // sampled since the last event
  std::vector<TokenLogprob> unsent_logprobs_, prompt_logprobs_;

  SteadyTime submitted_;
  std::optional<SteadyTime> started_, prompt_done_;
  std::optional<GenerateEvent> ending_;
};

}  // namespace rbee::engine
