// From a GGUF file's metadata to a vocabulary.

#include "engine/tokenizer/gguf_vocab.h"
#include "formats/gguf.h"

namespace rbee::engine {
namespace {

std::optional<std::uint64_t> find_uint(const formats::GgufFile& file, std::string_view key) {
  return file.find(key) == nullptr ? std::nullopt : std::optional(file.get_uint(key));
}

std::optional<bool> find_bool(const formats::GgufFile& file, std::string_view key) {
  return file.find(key) == nullptr ? std::nullopt : std::optional(file.get_bool(key, false));
}

}  // namespace

std::unique_ptr<Tokenizer> load_gguf_tokenizer(const formats::GgufFile& file) {
  GgufVocab vocab;
  vocab.source = file.path().string();
  vocab.model = file.get_string("tokenizer.ggml.model");
  if (file.find("tokenizer.ggml.pre") != nullptr) vocab.pre = file.get_string("tokenizer.ggml.pre");
  vocab.name = file.get_string("general.name", "");
  if (const auto* tokens = file.find_strings("tokenizer.ggml.tokens")) vocab.tokens = *tokens;
  if (const auto* merges = file.find_strings("tokenizer.ggml.merges")) vocab.merges = *merges;
  vocab.scores = file.get_floats("tokenizer.ggml.scores");
  vocab.types = file.get_ints("tokenizer.ggml.token_type");
  vocab.bos = find_uint(file, "tokenizer.ggml.bos_token_id");
  vocab.eos = find_uint(file, "tokenizer.ggml.eos_token_id");
  vocab.unknown = find_uint(file, "tokenizer.ggml.unknown_token_id");
  vocab.add_bos = find_bool(file, "tokenizer.ggml.add_bos_token");
  vocab.add_eos = find_bool(file, "tokenizer.ggml.add_eos_token");
  vocab.add_space_prefix = find_bool(file, "tokenizer.ggml.add_space_prefix");
  return make_gguf_tokenizer(vocab);
}

}  // namespace rbee::engine
