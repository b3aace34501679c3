#pragma once
// The checks that need one running worker and nothing else. Each returns what it found; judging is lib/matrix's.
// Each throws as WorkerClient does.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "matrix/check.h"
#include "test/worker_client.h"

namespace rbee::keeper {

/// Equal, but for a first space: SentencePiece vocabularies begin a text with one of their own.
bool same_text(std::string_view a, std::string_view b);

/// Whether the model has a chat template; `prompt` is the question through it, or the beginning of a story.
struct Opening {
  bool chat = false;
  std::string prompt;
  wire::TokenIds ids;
};
Opening make_opening(WorkerClient& worker);

/// The opening as a request of /execute, greedy.
wire::ExecuteRequest opening_request(const Opening& opening, std::uint32_t max_tokens);

/// The note is the answer's text.
matrix::CheckRecord check_answer(const Answer& answer);

matrix::CheckRecord check_round_trips(WorkerClient& worker);

/// The same greedy request again: tokens and log-probabilities bit for bit.
matrix::CheckRecord check_repeat(WorkerClient& worker, const Opening& opening);
/// And while other requests run.
matrix::CheckRecord check_company(WorkerClient& worker, const Opening& opening, const Clock& clock,
                                  const std::atomic<bool>& stop);
/// `first` was this worker's first answer to `request`; it has answered others since.
matrix::CheckRecord check_second_request(WorkerClient& worker, const wire::ExecuteRequest& request,
                                         const Answer& first);

/// Cancels one running request by its name and one by hanging up, and waits until nothing runs.
matrix::CheckRecord check_cancel(WorkerClient& worker, const Opening& opening, const Clock& clock,
                                 const std::atomic<bool>& stop, const std::string& job_prefix);

/// A prompt that was not seen before, so that no cache helps; one stream.
matrix::CheckRecord check_speed(WorkerClient& worker, const Opening& opening);

/// Peak memory so far.
matrix::CheckRecord check_memory(WorkerClient& worker, std::uint64_t estimate_bytes);

/// Memory after each of `requests` short requests of several lengths.
matrix::CheckRecord check_memory_slope(WorkerClient& worker, const Opening& opening, std::size_t requests);

}  // namespace rbee::keeper
