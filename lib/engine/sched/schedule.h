#pragma once
// What the engine computes next: a pure function of what is running and waiting.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rbee::engine {

/// Which of a sequence's scheduled tokens need a row of logits.
enum class RowsWanted : std::uint8_t {
  kLast,   ///< the last token of all that is left: the one that is sampled from
  kEvery,  ///< every token: prompt log-probabilities
};

/// One sequence as the scheduler sees it.
struct SequenceSnapshot {
  std::uint32_t tokens_left = 0;  ///< known tokens that are not in the cache yet, at least 1; 1 while decoding
  bool decoding = false;          ///< it has produced a token; else its prompt is being prefilled
  RowsWanted rows = RowsWanted::kLast;
  std::uint32_t draft_tokens = 0;  ///< guessed tokens that could follow; read for decoding sequences only
  double acceptance = 0;           ///< of the guess: see DraftOffer
  std::uint64_t last_step = 0;     ///< the step that it was last part of; 0 when none
  std::uint32_t blocks = 0;        ///< KV blocks of its whole life; read for waiting sequences only
};

struct SchedulerSnapshot {
  std::vector<SequenceSnapshot> running;  ///< in order of admission
  std::vector<SequenceSnapshot> waiting;  ///< in order of arrival
  std::uint32_t free_blocks = 0;
  std::uint32_t sequences_max = 1;  ///< running at once
  std::uint32_t tokens_max = 2;     ///< per step, at least 2
  std::uint32_t rows_max = 2;       ///< rows of logits per step, at least 2
  double token_cost = 1;            ///< of plan_drafts()
};

/// `tokens` of one sequence: sequence i of `running`, or of `waiting` at i - running.size().
struct ScheduledChunk {
  std::size_t sequence = 0;
  std::uint32_t tokens = 0;
  std::uint32_t draft = 0;  ///< guessed tokens to verify after them, each with a row of logits
};

struct Schedule {
  std::size_t admitted = 0;            ///< how many waiting sequences start, from the front
  std::vector<ScheduledChunk> chunks;  ///< decoding sequences first
};

/// Continuous batching with chunked prefill. The rules:
///  1. Admission is first come, first served: the first waiting sequence starts as soon as a place and the blocks of
///     its whole life (prompt and longest answer) are free. None overtakes it, so none waits for ever; nothing that
///     runs is ever evicted.
///  2. Every decoding sequence gets its one token. Only while a prefill is under way, a quarter of the tokens and one
///     row (at least one of each) are kept for it. Where the step is too small for all decoding sequences, those that
///     were served longest ago go first.
///  3. What is left goes to prefill: half of it to the sequence that was admitted first, so that it always advances;
///     the other half to the one with the least left, so that a short prompt does not wait behind a long one; what
///     these do not need to the rest in order of admission.
///  4. Where nothing is prefilled, decoding sequences carry guessed tokens in what is left, as plan_drafts() says.
Schedule schedule(const SchedulerSnapshot& snapshot);

}  // namespace rbee::engine
