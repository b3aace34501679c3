#pragma once
// The Engine that programs get: a loaded model with its tokenizer, template and loop.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "engine/backend/backend.h"
#include "engine/chat/chat_template.h"
#include "engine/engine.h"
#include "engine/generate/engine_loop.h"
#include "engine/models/build_model.h"
#include "engine/tokenizer/tokenizer.h"
#include "formats/model_files.h"

namespace rbee::engine {

/// A chat template with what it needs of the tokenizer.
struct ChatParts {
  std::optional<ChatTemplate> chat_template;  ///< absent when the model has none that works
  std::optional<ChatTemplate> tool_template;  ///< another one for requests with tools, where the model has it
  std::string bos_token, eos_token;
  std::string why_absent = "the model has no chat template";
};

/// Everything that loading made, ready for the first request.
struct EngineParts {
  std::unique_ptr<formats::ModelFiles> files;
  std::unique_ptr<Tokenizer> tokenizer;
  ChatParts chat;
  std::unique_ptr<const BuiltModel> built;
  std::unique_ptr<Backend> backend;
  std::unique_ptr<Plan> plan;
  std::vector<TokenId> eos_ids;
  ModelInfo info;
  EngineLoopLimits limits;
  std::uint32_t kv_blocks = 0;
  std::uint64_t held_bytes = 0;  ///< of memory that quantized weights take already
  LostDevice on_lost;
};

class LoadedEngine final : public Engine {
 public:
  explicit LoadedEngine(EngineParts parts);

  const ModelInfo& model() const override { return parts_.info; }
  std::vector<TokenId> tokenize(std::string_view text, bool add_special) const override;
  std::string detokenize(const std::vector<TokenId>& ids, bool skip_special) const override;
  std::string token_text(TokenId id) const override;
  std::string apply_chat_template(const boost::json::value& messages, const boost::json::value& tools,
                                  bool add_generation_prompt) const override;
  RequestId submit(GenerateRequest request, EventSink sink) override;
  void cancel(RequestId id) override { loop_->cancel(id); }
  void drain() override { loop_->drain(); }
  EngineStats stats() const override { return loop_->stats(); }

 private:
  const SystemClock clock_{};
  EngineParts parts_;
  const SequenceTraits traits_;
  std::unique_ptr<EngineLoop> loop_;  // last: its thread uses all of the above
};

}  // namespace rbee::engine
