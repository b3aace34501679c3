#include <algorithm>
#include <array>

#include "base/error.h"
#include "formats/gguf_config.h"

namespace rbee::formats {
namespace {

constexpr std::int64_t kControlToken = 3;  // llama.h, LLAMA_TOKEN_TYPE_CONTROL

// Control tokens by which chat models end their turn; llama.cpp recognises them by their text, too (llama-vocab.cpp).
constexpr std::array<std::string_view, 8> kTurnEnds = {
    "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<EOT>", "<|end_of_text|>"};

std::optional<std::int32_t> token_id(const GgufFile& file, std::string_view key, std::uint32_t vocab_size) {
  const GgufValue* value = file.find(key);
  if (value == nullptr) return {};
  // A file without such a token may say -1, also as the uint32 of those bits.
  if (const auto* number = std::get_if<std::int64_t>(value); number != nullptr && *number < 0) return {};
  const std::uint64_t id = file.get_uint(key);
  if (id >= vocab_size) return {};
  return static_cast<std::int32_t>(id);
}

void add_once(std::vector<std::int32_t>& ids, std::int32_t id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

}  // namespace

GenerationConfig gguf_generation_config(const GgufFile& file, std::uint32_t vocab_size) {
  GenerationConfig generation;
  generation.bos_id = token_id(file, "tokenizer.ggml.bos_token_id", vocab_size);
  generation.pad_id = token_id(file, "tokenizer.ggml.padding_token_id", vocab_size);
  for (const std::string_view key :
       {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"}) {
    if (const auto id = token_id(file, key, vocab_size)) add_once(generation.eos_ids, *id);
  }
  const std::vector<std::string>* tokens = file.find_strings("tokenizer.ggml.tokens");
  const std::vector<std::int64_t> types = file.get_ints("tokenizer.ggml.token_type");
  if (tokens == nullptr || types.size() != tokens->size()) return generation;
  for (std::size_t i = 0; i < tokens->size() && i < vocab_size; ++i) {
    const bool ends_turn = std::find(kTurnEnds.begin(), kTurnEnds.end(), (*tokens)[i]) != kTurnEnds.end();
    if (ends_turn && types[i] == kControlToken) add_once(generation.eos_ids, static_cast<std::int32_t>(i));
  }
  return generation;
}

}  // namespace rbee::formats
