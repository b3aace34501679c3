#pragma once
// Text to token ids and back, exactly as the model's own tokenizer does it.

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/token_id.h"

namespace rbee::formats {
class GgufFile;
class ModelFiles;
}  // namespace rbee::formats

namespace rbee::engine {

/// Whether the tokenizer's own first and last tokens (post-processor template, add_bos_token) are added.
enum class AddSpecial : bool { kNo, kYes };
/// Whether special tokens appear in decoded text.
enum class SkipSpecial : bool { kNo, kYes };

/// Immutable after construction: any thread may call.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  /// The ids of `text` (any bytes; invalid UTF-8 becomes U+FFFD). Special tokens written in the text are recognised.
  /// Time is O(n log n) in the text, stack use is constant. Throws Error{kBadRequest} above limits.h's text size.
  virtual std::vector<TokenId> encode(std::string_view text, AddSpecial add_special) const = 0;

  /// The text of `ids` as the tokenizer's decoder pipeline renders a whole sequence; invalid UTF-8 becomes U+FFFD.
  /// Ids outside the vocabulary throw Error{kBadRequest}.
  virtual std::string decode(std::span<const TokenId> ids, SkipSpecial skip_special) const = 0;

  /// The raw bytes that `id` adds in the middle of a text: byte-level characters and <0xNN> resolved, ▁ turned into
  /// a space; may be part of a UTF-8 character. Special tokens give their content. Throws Error{kBadRequest} if
  /// unknown.
  virtual std::string_view token_bytes(TokenId id) const = 0;

  virtual bool is_special(TokenId id) const = 0;
  /// Largest id + 1.
  virtual std::size_t vocab_size() const = 0;
  /// The id of a token by its literal content ("<|im_end|>"), added or ordinary.
  virtual std::optional<TokenId> find(std::string_view content) const = 0;
};

/// From tokenizer.json. Throws Error: kNotFound, kBadFile (with the JSON path), kUnsupported (a component's type).
std::unique_ptr<Tokenizer> load_hf_tokenizer(const std::filesystem::path& tokenizer_json);

/// From tokenizer.json's text; `source` names it in errors.
std::unique_ptr<Tokenizer> parse_hf_tokenizer(std::string_view text, std::string_view source);

/// From GGUF metadata: tokenizer.ggml.model "gpt2" (byte-level BPE, by its pre kind) or "llama" (SentencePiece).
std::unique_ptr<Tokenizer> load_gguf_tokenizer(const formats::GgufFile& file);

/// Turns a stream of ids into text that is valid UTF-8 at every call: bytes that do not complete a character are held
/// back. The concatenation of all pieces is the decoded continuation. One thread.
class StreamDecoder {
 public:
  /// `tokenizer` must outlive the decoder. Special tokens are skipped when asked.
  StreamDecoder(const Tokenizer& tokenizer, SkipSpecial skip_special);
  /// The text that `id` completes; may be empty.
  std::string push(TokenId id);
  /// What is left at the end: U+FFFD for a dangling partial character, else empty.
  std::string finish();

 private:
  const Tokenizer& tokenizer_;
  SkipSpecial skip_special_;
  std::string pending_;
};

}  // namespace rbee::engine
