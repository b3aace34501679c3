#include "testing/fake_engine.h"

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include "base/error.h"

namespace rbee::worker {

using engine::GenerateEvent;
using engine::RequestId;
using engine::TokenId;

FakeEngine::FakeEngine(FakeOptions options) : options_(options) {
  info_.name = "Fake Model";
  info_.architecture = "fake";
  info_.backend = "fake";
  info_.device = "none";
  info_.context = options.context;
  info_.vocab_size = 257;
  info_.weight_bytes = 1000;
  info_.kv_bytes = 24;
  info_.device_bytes = 1024;
  info_.has_chat_template = true;
  thread_ = std::thread([this] { run(); });
}

FakeEngine::~FakeEngine() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::vector<TokenId> FakeEngine::tokenize(std::string_view text, bool) const {
  std::vector<TokenId> ids;
  for (const char c : text) ids.emplace_back(static_cast<unsigned char>(c));
  return ids;
}

std::string FakeEngine::detokenize(const std::vector<TokenId>& ids, bool) const {
  std::string text;
  for (const TokenId id : ids) text += token_text(id);
  return text;
}

std::string FakeEngine::token_text(TokenId id) const {
  return id.value() < 256 ? std::string(1, static_cast<char>(id.value())) : "<end>";
}

std::string FakeEngine::apply_chat_template(const boost::json::value& messages, const boost::json::value&,
                                            bool add_generation_prompt) const {
  std::string text;
  for (const boost::json::value& message : messages.as_array()) {
    text += fmt::format("<{}>", message.at("role").as_string().c_str());
    text += message.at("content").as_string().c_str();
  }
  return text + (add_generation_prompt ? "<assistant>" : "");
}

RequestId FakeEngine::submit(engine::GenerateRequest request, engine::EventSink sink) {
  for (const TokenId id : request.prompt) {
    if (id.value() > 256) throw Error(ErrorKind::kBadRequest, "prompt: id outside the vocabulary", "prompt");
  }
  const std::lock_guard lock(mutex_);
  if (draining_) fail(ErrorKind::kUnavailable, "draining");
  if (running_.size() + waiting_.size() >= options_.sequences_max + options_.queue_max) {
    ++stats_.requests_rejected;
    fail(ErrorKind::kUnavailable, "the queue is full");
  }
  const RequestId id(next_id_++);
  auto sequence = std::make_shared<Sequence>();
  sequence->request = std::move(request);
  sequence->sink = std::move(sink);
  waiting_.emplace_back(id, std::move(sequence));
  changed_.notify_all();
  return id;
}

void FakeEngine::cancel(RequestId id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = running_.find(id); found != running_.end()) found->second->cancelled = true;
  for (auto& [waiting_id, sequence] : waiting_) {
    if (waiting_id == id) sequence->cancelled = true;
  }
}

void FakeEngine::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

engine::EngineStats FakeEngine::stats() const {
  const std::lock_guard lock(mutex_);
  engine::EngineStats out = stats_;
  out.running = static_cast<std::uint32_t>(running_.size());
  out.waiting = static_cast<std::uint32_t>(waiting_.size());
  return out;
}

void FakeEngine::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    while (!waiting_.empty() && running_.size() < options_.sequences_max) {
      running_.insert(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    const auto batch = running_;
    lock.unlock();
    std::vector<RequestId> ended;
    for (const auto& [id, sequence] : batch) {
      if (step(*sequence)) ended.push_back(id);
    }
    lock.lock();
    for (const RequestId id : ended) running_.erase(id);
    changed_.wait_for(lock, running_.empty() ? std::chrono::milliseconds(100) : options_.step);
  }
}

bool FakeEngine::step(Sequence& sequence) {
  const engine::GenerateRequest& request = sequence.request;
  GenerateEvent event;
  if (!std::exchange(sequence.started, true)) {
    sequence.sink(event);
    if (request.prompt_logprobs) {
      event.kind = GenerateEvent::Kind::kPrompt;
      for (std::size_t i = 1; i < request.prompt.size(); ++i) {
        event.prompt_logprobs.push_back({request.prompt[i], -0.5F, {{request.prompt[i], -0.5F}}});
      }
      sequence.sink(event);
    }
  }
  const bool eos = options_.eos_after > 0 && sequence.produced == options_.eos_after;
  bool cancelled = false, end = false;
  {
    const std::lock_guard lock(mutex_);
    cancelled = sequence.cancelled;
    end = cancelled || eos || sequence.produced == request.max_tokens;
    // Counted before it is told: whoever saw the end finds it in the counts.
    if (end) ++(cancelled ? stats_.requests_cancelled : stats_.requests_finished);
  }
  event = GenerateEvent();
  if (end) {
    event.kind = GenerateEvent::Kind::kEnd;
    event.stop_reason = cancelled ? engine::StopReason::kCancelled
                        : eos     ? engine::StopReason::kEos
                                  : engine::StopReason::kMaxTokens;
    event.prompt_tokens = static_cast<std::uint32_t>(request.prompt.size());
    event.output_tokens = sequence.produced;
    event.decode_ms = 10;
  } else {
    event.kind = GenerateEvent::Kind::kText;
    event.text = fmt::format("é{} ", sequence.produced++);
    event.tokens = {TokenId(65)};
    if (request.logprobs) event.logprobs = {{TokenId(65), -0.25F, {{TokenId(65), -0.25F}}}};
  }
  sequence.sink(event);
  return end;
}

}  // namespace rbee::worker
