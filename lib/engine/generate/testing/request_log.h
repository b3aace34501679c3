#pragma once
// A sink that remembers, for tests.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace rbee::engine {

/// Collects the events of one request. The sink keeps the log's state alive. Any thread.
class RequestLog {
 public:
  using Kind = GenerateEvent::Kind;

  /// `on_event` is called first, on the engine's thread; it may throw.
  EventSink sink(std::function<void(const GenerateEvent&)> on_event = {}) {
    return [state = state_, on_event](const GenerateEvent& event) {
      if (on_event) on_event(event);
      const std::lock_guard lock(state->mutex);
      state->events.push_back(event);
      state->changed.notify_all();
    };
  }

  /// All events, once the last one is there. Throws when that takes over a minute.
  std::vector<GenerateEvent> wait() const {
    std::unique_lock lock(state_->mutex);
    const auto ended = [&] { return !state_->events.empty() && is_last(state_->events.back()); };
    if (!state_->changed.wait_for(lock, std::chrono::minutes(1), ended)) throw std::runtime_error("no last event");
    return state_->events;
  }
  /// Waits until `count` events came.
  void wait_for_events(std::size_t count) const {
    std::unique_lock lock(state_->mutex);
    if (!state_->changed.wait_for(lock, std::chrono::minutes(1), [&] { return state_->events.size() >= count; })) {
      throw std::runtime_error("too few events");
    }
  }

  GenerateEvent last() const { return wait().back(); }
  std::string text() const {
    std::string text;
    for (const GenerateEvent& event : wait()) text += event.text;
    return text;
  }
  std::vector<TokenId> tokens() const {
    std::vector<TokenId> tokens;
    for (const GenerateEvent& event : wait()) tokens.insert(tokens.end(), event.tokens.begin(), event.tokens.end());
    return tokens;
  }
  std::vector<TokenLogprob> logprobs() const {
    std::vector<TokenLogprob> all;
    for (const GenerateEvent& event : wait()) all.insert(all.end(), event.logprobs.begin(), event.logprobs.end());
    return all;
  }
  std::vector<TokenLogprob> prompt_logprobs() const {
    for (const GenerateEvent& event : wait()) {
      if (event.kind == Kind::kPrompt) return event.prompt_logprobs;
    }
    return {};
  }

 private:
  static bool is_last(const GenerateEvent& event) { return event.kind == Kind::kEnd || event.kind == Kind::kError; }

  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<GenerateEvent> events;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();  // shared with the sinks that the engine holds
};

}  // namespace rbee::engine
