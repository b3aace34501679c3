#include "engine/generate/loaded_engine.h"

#include <utility>

#include "base/error.h"
#include "engine/generate/known_tokens.h"

namespace rbee::engine {
namespace {

EngineParts measured(EngineParts parts) {
  const BackendDescription device = parts.backend->describe();
  const std::uint64_t on_device =
      device.memory_measured_bytes != 0 ? device.memory_measured_bytes : device.memory_bytes;
  parts.info.device_bytes = on_device != 0 ? on_device : parts.info.weight_bytes + parts.info.kv_bytes;
  return parts;
}

}  // namespace

LoadedEngine::LoadedEngine(EngineParts parts)
    : parts_(measured(std::move(parts))),
      traits_{.tokenizer = *parts_.tokenizer,
              .eos_ids = parts_.eos_ids,
              .known = known_tokens(*parts_.tokenizer, parts_.info.vocab_size),
              .vocab_size = parts_.info.vocab_size},
      loop_(std::make_unique<EngineLoop>(
          EngineLoopParts{.backend = *parts_.backend,
                          .plan = *parts_.plan,
                          .traits = traits_,
                          .clock = clock_,
                          .bounds = {.context = parts_.info.context, .vocab_size = parts_.info.vocab_size},
                          .limits = parts_.limits,
                          .kv_blocks = parts_.kv_blocks,
                          .kv_block_tokens = parts_.built->kv.block_tokens,
                          .on_lost = parts_.on_lost})) {}

std::vector<TokenId> LoadedEngine::tokenize(std::string_view text, bool add_special) const {
  return parts_.tokenizer->encode(text, add_special ? AddSpecial::kYes : AddSpecial::kNo);
}

std::string LoadedEngine::detokenize(const std::vector<TokenId>& ids, bool skip_special) const {
  return parts_.tokenizer->decode(ids, skip_special ? SkipSpecial::kYes : SkipSpecial::kNo);
}

std::string LoadedEngine::token_text(TokenId id) const {
  const bool in_model = id.value() >= 0 && static_cast<std::uint32_t>(id.value()) < parts_.info.vocab_size;
  if (in_model && !traits_.known[static_cast<std::size_t>(id.value())]) return {};
  return std::string(parts_.tokenizer->token_bytes(id));
}

std::string LoadedEngine::apply_chat_template(const boost::json::value& messages, const boost::json::value& tools,
                                              bool add_generation_prompt) const {
  if (!parts_.chat.chat_template) {
    throw Error(ErrorKind::kBadRequest, parts_.chat.why_absent + ": send a prompt instead of messages", "messages");
  }
  const boost::json::value no_further_variables;
  const bool with_tools = !tools.is_null() && parts_.chat.tool_template;
  const ChatTemplate& chosen = with_tools ? *parts_.chat.tool_template : *parts_.chat.chat_template;
  return chosen.render({.messages = messages,
                        .tools = tools,
                        .add_generation_prompt = add_generation_prompt,
                        .bos_token = parts_.chat.bos_token,
                        .eos_token = parts_.chat.eos_token,
                        .extra = no_further_variables,
                        .now = clock_.wall_now()});
}

RequestId LoadedEngine::submit(GenerateRequest request, EventSink sink) {
  return loop_->submit(std::move(request), std::move(sink));
}

}  // namespace rbee::engine
