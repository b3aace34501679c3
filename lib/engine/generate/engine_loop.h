#pragma once
// The thread that answers requests: schedule, run, sample, send; again.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "engine/backend/backend.h"
#include "engine/engine.h"
#include "engine/generate/check_request.h"
#include "engine/generate/output_rows.h"
#include "engine/generate/sequence.h"
#include "engine/generate/step_batch.h"
#include "engine/kv/block_pool.h"
#include "engine/sample/sampler.h"

namespace rbee::engine {

struct EngineLoopLimits {
  std::uint32_t sequences_max = 16;
  std::uint32_t queue_max = 256;
  std::uint32_t step_tokens_max = 256;  ///< at least kStepTokensMin
  std::uint32_t step_rows_max = 64;     ///< at least kLogitRowsMin
  std::uint32_t draft_max = 16;         ///< guessed tokens that a sequence carries in a step; 0: none
};

/// What the loop works with. Everything referred to outlives it; the backend and the plan are the loop's alone.
struct EngineLoopParts {
  Backend& backend;
  Plan& plan;
  const SequenceTraits& traits;
  const Clock& clock;
  RequestBounds bounds;
  EngineLoopLimits limits;  ///< as the plan was compiled
  std::uint32_t kv_blocks = 0, kv_block_tokens = 0;
  LostDevice on_lost;  ///< as EngineOptions::on_lost
};

/// Owns the engine thread. Errors stay where they arise: a sink that throws or damaged logits end one request; an
/// error of the backend ends those that run, with its message, and the loop goes on; when the device is lost
/// (Error{kIo}), those that wait end too, submit() refuses from then on, and on_lost is called. Every method may be
/// called from any thread.
class EngineLoop {
 public:
  /// Starts the thread.
  explicit EngineLoop(EngineLoopParts parts);
  /// Ends every request with kError "shutting down", after the step under way.
  ~EngineLoop();

  /// As Engine's.
  RequestId submit(GenerateRequest request, EventSink sink);
  void cancel(RequestId id);
  void drain();
  EngineStats stats() const;

 private:
  using Sequences = std::deque<std::unique_ptr<Sequence>>;
  enum class Orders { kWork, kStop };

  void run();
  Orders take_orders();
  void step();
  void build_step();
  void admit_next();
  void run_step();
  OutputRows run_backend();
  void take_part(const StepBatch::Part& part, const OutputRows& rows, SteadyTime now);
  bool is_cancelled(RequestId id) const;
  void count_step(double seconds, bool had_candidates);
  void fail_step(ErrorKind kind, std::string_view message);
  void lose_device(std::string_view message);
  void fail_all(std::string_view code, std::string_view message);
  void retire_ended();
  template <typename Action>
  void guard(Sequence& sequence, Action action);

  // Constant after construction.
  const EngineLoopParts parts_;
  const double token_cost_;             // of the backend
  const std::uint32_t candidates_max_;  // likewise

  std::atomic<std::uint64_t> next_id_ = 1;  // any thread

  // Engine thread only.
  Sequences running_, waiting_;  // in order of admission, of arrival
  BlockPool pool_;
  Sampler sampler_;
  StepBatch batch_;
  std::unique_ptr<float[]> logits_;    // [step_rows_max, vocab]; pages that no step has needed are never touched
  std::vector<Candidate> candidates_;  // [step_rows_max, candidates_max_]
  std::uint64_t step_number_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // Guarded by mutex_.
  Sequences inbox_;
  std::unordered_set<RequestId> live_;     // submitted, not ended
  std::unordered_set<RequestId> cancels_;  // of live_, not seen by the thread yet
  EngineStats stats_;
  std::string lost_;  // why the device is gone; empty while it is there
  bool draining_ = false, stopping_ = false;

  std::thread thread_;  // last: starts when everything else is there
};

}  // namespace rbee::engine
