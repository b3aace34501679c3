#pragma once
// The place of the engine: empty while it loads, closed while the worker drains.

#include <memory>
#include <mutex>

#include "engine/engine.h"

namespace rbee::worker {

class EngineSlot {
 public:
  enum class State { kLoading, kReady, kDraining };

  /// Any thread, all of them.
  State state() const;
  engine::LoadProgress progress() const;
  void set_progress(const engine::LoadProgress& progress);
  /// Loading becomes ready, unless the worker drains already.
  void install(std::unique_ptr<engine::Engine> engine);
  /// From now on ready() throws; the engine takes nothing new and finishes what it has.
  void drain();

  /// The engine, for new work. Throws HttpError 503 while loading or draining.
  engine::Engine& ready() const;
  /// The engine if it has been loaded, also while draining; else null.
  engine::Engine* loaded() const;
  /// Destroys the engine. Nobody may use it any more.
  void clear();

 private:
  mutable std::mutex mutex_;
  // Guarded by mutex_; the engine itself is thread-safe and stays until clear():
  State state_ = State::kLoading;
  engine::LoadProgress progress_;
  std::unique_ptr<engine::Engine> engine_;
};

}  // namespace rbee::worker
