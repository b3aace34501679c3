#include "engine/generate/engine_loop.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/log.h"
#include "engine/generate/limits.h"
#include "engine/sched/schedule.h"

namespace rbee::engine {
namespace {

using Sequences = std::deque<std::unique_ptr<Sequence>>;

std::uint32_t blocks_for(std::uint32_t positions, std::uint32_t block_tokens) {
  return (positions + block_tokens - 1) / block_tokens;
}

void move_ended(Sequences& from, Sequences& ended) {
  const auto first = std::stable_partition(from.begin(), from.end(), [](const auto& s) { return !s->ended(); });
  std::move(first, from.end(), std::back_inserter(ended));
  from.erase(first, from.end());
}

}  // namespace

EngineLoop::EngineLoop(EngineLoopParts parts)
    : parts_(std::move(parts)),
      token_cost_(parts_.backend.describe().token_cost),
      candidates_max_(parts_.backend.describe().candidates_max),
      pool_(parts_.kv_blocks),
      logits_(std::unique_ptr<float[]>(new float[std::size_t{parts_.limits.step_rows_max} * parts_.traits.vocab_size])),
      candidates_(std::size_t{parts_.limits.step_rows_max} * candidates_max_) {
  RBEE_CHECK(parts_.limits.step_tokens_max >= kStepTokensMin && parts_.limits.step_rows_max >= kLogitRowsMin);
  RBEE_CHECK(blocks_for(parts_.bounds.context, parts_.kv_block_tokens) <= parts_.kv_blocks);
  stats_.kv_blocks_total = pool_.total();
  thread_ = std::thread([this] { run(); });
}

EngineLoop::~EngineLoop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

RequestId EngineLoop::submit(GenerateRequest request, EventSink sink) {
  check_request(request, parts_.bounds);
  const RequestId id(next_id_.fetch_add(1));
  auto sequence =
      std::make_unique<Sequence>(id, std::move(request), std::move(sink), parts_.traits, parts_.clock.now());
  const std::lock_guard lock(mutex_);
  const auto refuse = [&](const std::string& why) {
    ++stats_.requests_rejected;
    throw Error(ErrorKind::kUnavailable, why);
  };
  if (!lost_.empty()) refuse(lost_);
  if (draining_ || stopping_) refuse("the engine is shutting down and takes no new requests");
  const std::size_t live_max = std::size_t{parts_.limits.sequences_max} + parts_.limits.queue_max;
  if (live_.size() >= live_max) {
    refuse(fmt::format("the queue is full: {} requests run or wait, at most {} are taken", live_.size(), live_max));
  }
  inbox_.push_back(std::move(sequence));
  live_.insert(id);
  ++stats_.waiting;
  wake_.notify_one();
  return id;
}

void EngineLoop::cancel(RequestId id) {
  const std::lock_guard lock(mutex_);
  if (!live_.contains(id)) return;
  cancels_.insert(id);
  wake_.notify_one();
}

void EngineLoop::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

EngineStats EngineLoop::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void EngineLoop::run() {
  while (take_orders() == Orders::kWork) step();
  fail_all(error_code(ErrorKind::kUnavailable), "shutting down");
  retire_ended();
}

// Sleeps while there is nothing to do. Takes new requests in, and ends those that were cancelled.
EngineLoop::Orders EngineLoop::take_orders() {
  std::unordered_set<RequestId> cancels;
  bool stop = false;
  {
    std::unique_lock lock(mutex_);
    const auto has_orders = [&] { return stopping_ || !inbox_.empty() || !cancels_.empty(); };
    while (running_.empty() && waiting_.empty() && !has_orders()) wake_.wait_for(lock, std::chrono::seconds(1));
    std::move(inbox_.begin(), inbox_.end(), std::back_inserter(waiting_));
    inbox_.clear();
    cancels.swap(cancels_);
    stop = stopping_;
  }
  for (Sequences* sequences : {&running_, &waiting_}) {
    for (const std::unique_ptr<Sequence>& sequence : *sequences) {
      if (cancels.contains(sequence->id())) guard(*sequence, [&] { sequence->cancel(parts_.clock.now()); });
    }
  }
  for (const std::unique_ptr<Sequence>& sequence : waiting_) {
    // Log-probabilities of a prompt of one token: there is nothing to schedule.
    if (sequence->tokens_left() == 0) guard(*sequence, [&] { sequence->start(parts_.clock.now()); });
  }
  retire_ended();
  return stop ? Orders::kStop : Orders::kWork;
}

// Runs what belongs to one request: an exception ends that request alone.
template <typename Action>
void EngineLoop::guard(Sequence& sequence, Action action) {
  const auto end = [&](std::string_view code, const char* what) {
    log_warning("request {} failed: {}", sequence.id().value(), what);
    sequence.fail(code, what, parts_.clock.now());
  };
  try {
    action();
  } catch (const Error& error) {
    end(error_code(error.kind()), error.what());
  } catch (const std::exception& error) {
    end("internal", error.what());
  }
}

void EngineLoop::step() {
  try {
    build_step();
    if (batch_.tokens() > 0) run_step();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kIo) return lose_device(error.what());
    fail_step(error.kind(), error.what());
  } catch (const std::exception& error) {
    fail_step(ErrorKind::kExhausted, error.what());  // std::bad_alloc, in practice
  }
  retire_ended();
}

void EngineLoop::build_step() {
  SchedulerSnapshot snapshot{.free_blocks = pool_.free(),
                             .sequences_max = parts_.limits.sequences_max,
                             .tokens_max = parts_.limits.step_tokens_max,
                             .rows_max = parts_.limits.step_rows_max,
                             .token_cost = token_cost_};
  const std::uint32_t draft_max = token_cost_ < 1 ? parts_.limits.draft_max : 0;
  for (const std::unique_ptr<Sequence>& sequence : running_) {
    if (draft_max > 0 && sequence->decoding()) sequence->guess(draft_max);
    snapshot.running.push_back(sequence->snapshot());
    snapshot.running.back().last_step = sequence->last_step;
  }
  for (const std::unique_ptr<Sequence>& sequence : waiting_) {
    snapshot.waiting.push_back(sequence->snapshot());
    snapshot.waiting.back().blocks = blocks_for(sequence->positions_max(), parts_.kv_block_tokens);
  }
  const Schedule plan = schedule(snapshot);
  for (std::size_t i = 0; i < plan.admitted; ++i) admit_next();

  batch_.clear();
  ++step_number_;
  for (const ScheduledChunk& chunk : plan.chunks) {
    Sequence& sequence = *running_[chunk.sequence];
    if (sequence.ended()) continue;  // its start failed
    if (sequence.last_step == 0) guard(sequence, [&] { sequence.start(parts_.clock.now()); });
    if (sequence.ended()) continue;
    sequence.last_step = step_number_;
    batch_.add(sequence, chunk.tokens, chunk.draft);
  }
}

void EngineLoop::admit_next() {
  std::unique_ptr<Sequence>& next = waiting_.front();
  next->blocks = pool_.take(blocks_for(next->positions_max(), parts_.kv_block_tokens));
  running_.push_back(std::move(next));
  waiting_.pop_front();
  const std::lock_guard lock(mutex_);
  --stats_.waiting;
  ++stats_.running;
  stats_.kv_blocks_used = pool_.used();
}

void EngineLoop::run_step() {
  const SteadyTime begin = parts_.clock.now();
  const OutputRows output = run_backend();
  const SteadyTime now = parts_.clock.now();
  for (const StepBatch::Part& part : batch_.parts()) {
    guard(*part.sequence, [&] { take_part(part, output.part(part.first_output, part.outputs), now); });
  }
  count_step(std::chrono::duration<double>(parts_.clock.now() - begin).count(), !output.candidates.empty());
}

// Where every row's choice looks at a few candidates alone, a backend that finds them keeps the rest.
OutputRows EngineLoop::run_backend() {
  const std::size_t rows = batch_.outputs();
  if (const std::uint32_t each = batch_.candidates(); each > 0 && each <= candidates_max_) {
    const std::span<Candidate> found = std::span(candidates_).first(rows * each);
    parts_.backend.run_candidates(parts_.plan, batch_.step(), each, found);
    return {.candidates = found, .width = each};
  }
  const std::size_t vocab = parts_.traits.vocab_size;
  const std::span<float> logits(logits_.get(), rows * vocab);
  parts_.backend.run(parts_.plan, batch_.step(), logits);
  return {.logits = logits, .width = vocab};
}

// A guessed token whose turn has come is in the cache already, and its row of logits is what a step of its own would
// have given, bit for bit. It is used when the sampler has just chosen that very token; what the cache holds of the
// guesses after a wrong one is overwritten before anything reads it.
void EngineLoop::take_part(const StepBatch::Part& part, const OutputRows& rows, SteadyTime now) {
  Sequence& sequence = *part.sequence;
  const std::size_t first_draft = rows.count() - part.draft.size();
  sequence.take_step(part.tokens, rows.part(0, first_draft), sampler_, now);
  for (std::size_t i = 0; i < part.draft.size(); ++i) {
    if (sequence.ended() || sequence.last_token() != part.draft[i] || is_cancelled(sequence.id())) break;
    sequence.take_step(1, rows.part(first_draft + i, 1), sampler_, now);
  }
}

bool EngineLoop::is_cancelled(RequestId id) const {
  const std::lock_guard lock(mutex_);
  return cancels_.contains(id);
}

void EngineLoop::count_step(double seconds, bool had_candidates) {
  std::uint32_t decoded = 0, sampled = 0, drafted = 0, accepted = 0;
  for (const StepBatch::Part& part : batch_.parts()) {
    const auto draft = static_cast<std::uint32_t>(part.draft.size());
    if (part.decoding) decoded += part.tokens + draft;
    const std::uint32_t more = part.sequence->output_tokens() - part.output_before;
    sampled += more;
    drafted += draft;
    if (draft > 0 && more > 0) accepted += more - 1;  // one token comes without a guess
  }
  const double decode_share = static_cast<double>(decoded) / batch_.tokens();
  const std::lock_guard lock(mutex_);
  ++stats_.steps;
  if (had_candidates) ++stats_.candidate_steps;
  stats_.prompt_tokens += batch_.tokens() - decoded;
  stats_.output_tokens += sampled;
  stats_.draft_tokens += drafted;
  stats_.draft_tokens_accepted += accepted;
  stats_.decode_seconds += seconds * decode_share;
  stats_.prefill_seconds += seconds * (1.0 - decode_share);
}

void EngineLoop::fail_step(ErrorKind kind, std::string_view message) {
  log_error("a step failed: {}", message);
  for (const std::unique_ptr<Sequence>& sequence : running_) {
    sequence->fail(error_code(kind), message, parts_.clock.now());
  }
}

void EngineLoop::lose_device(std::string_view message) {
  log_error("{}", message);
  {
    const std::lock_guard lock(mutex_);
    lost_ = message;
    std::move(inbox_.begin(), inbox_.end(), std::back_inserter(waiting_));
    inbox_.clear();
  }
  fail_all(error_code(ErrorKind::kIo), message);
  retire_ended();
  if (parts_.on_lost) parts_.on_lost();
}

void EngineLoop::fail_all(std::string_view code, std::string_view message) {
  for (Sequences* sequences : {&running_, &waiting_}) {
    for (const std::unique_ptr<Sequence>& sequence : *sequences) sequence->fail(code, message, parts_.clock.now());
  }
}

// An ended request's last event goes out when its blocks are free and the counters tell of its end.
void EngineLoop::retire_ended() {
  Sequences ended;
  move_ended(running_, ended);
  const std::size_t were_running = ended.size();
  move_ended(waiting_, ended);
  if (ended.empty()) return;
  for (const std::unique_ptr<Sequence>& sequence : ended) sequence->blocks = BlockLease();
  {
    const std::lock_guard lock(mutex_);
    stats_.running -= static_cast<std::uint32_t>(were_running);
    stats_.waiting -= static_cast<std::uint32_t>(ended.size() - were_running);
    stats_.kv_blocks_used = pool_.used();
    for (const std::unique_ptr<Sequence>& sequence : ended) {
      const GenerateEvent& ending = sequence->ending();
      const bool cancelled = ending.stop_reason == StopReason::kCancelled;
      ++(ending.kind == GenerateEvent::Kind::kError ? stats_.requests_failed
         : cancelled                                ? stats_.requests_cancelled
                                                    : stats_.requests_finished);
      live_.erase(sequence->id());
      cancels_.erase(sequence->id());
    }
  }
  for (const std::unique_ptr<Sequence>& sequence : ended) {
    guard(*sequence, [&] { sequence->deliver_ending(); });
  }
}

}  // namespace rbee::engine
