#include "engine_slot.h"

#include "net/http_error.h"

namespace rbee::worker {

EngineSlot::State EngineSlot::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

engine::LoadProgress EngineSlot::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

void EngineSlot::set_progress(const engine::LoadProgress& progress) {
  const std::lock_guard lock(mutex_);
  progress_ = progress;
}

void EngineSlot::install(std::unique_ptr<engine::Engine> engine) {
  const std::lock_guard lock(mutex_);
  engine_ = std::move(engine);
  if (state_ == State::kLoading) state_ = State::kReady;
}

void EngineSlot::drain() {
  const std::lock_guard lock(mutex_);
  state_ = State::kDraining;
  if (engine_) engine_->drain();
}

engine::Engine& EngineSlot::ready() const {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kLoading) throw net::HttpError({503, "loading", "the model is still loading", ""});
  if (state_ == State::kDraining) throw net::HttpError({503, "draining", "the worker is shutting down", ""});
  return *engine_;
}

engine::Engine* EngineSlot::loaded() const {
  const std::lock_guard lock(mutex_);
  return engine_.get();
}

void EngineSlot::clear() {
  std::unique_ptr<engine::Engine> engine;
  const std::lock_guard lock(mutex_);
  engine = std::move(engine_);
}

}  // namespace rbee::worker
