#pragma once
// An engine without a model, for tests of the protocol: its tokens are bytes, its answers are fixed. Tests only.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "engine/engine.h"

namespace rbee::worker {

struct FakeOptions {
  std::chrono::milliseconds step{1};  ///< between two tokens
  std::uint32_t context = 1000;
  std::uint32_t sequences_max = 100;
  std::uint32_t queue_max = 100;
  std::uint32_t eos_after = 0;  ///< tokens until the answer ends by itself; 0: never
};

/// Token ids are byte values, 256 ends the text. The answer to any prompt is "é0 é1 é2 …", one piece per step.
class FakeEngine final : public engine::Engine {
 public:
  explicit FakeEngine(FakeOptions options);
  ~FakeEngine() override;

  const engine::ModelInfo& model() const override { return info_; }
  std::vector<engine::TokenId> tokenize(std::string_view text, bool add_special) const override;
  std::string detokenize(const std::vector<engine::TokenId>& ids, bool skip_special) const override;
  std::string token_text(engine::TokenId id) const override;
  std::string apply_chat_template(const boost::json::value& messages, const boost::json::value& tools,
                                  bool add_generation_prompt) const override;
  engine::RequestId submit(engine::GenerateRequest request, engine::EventSink sink) override;
  void cancel(engine::RequestId id) override;
  void drain() override;
  engine::EngineStats stats() const override;

 private:
  struct Sequence {
    engine::GenerateRequest request;
    engine::EventSink sink;
    std::uint32_t produced = 0;
    bool started = false, cancelled = false;
  };
  void run();
  bool step(Sequence& sequence);

  const FakeOptions options_;
  engine::ModelInfo info_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  std::map<engine::RequestId, std::shared_ptr<Sequence>> running_;
  std::deque<std::pair<engine::RequestId, std::shared_ptr<Sequence>>> waiting_;
  engine::EngineStats stats_;
  std::uint64_t next_id_ = 1;
  bool draining_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace rbee::worker
