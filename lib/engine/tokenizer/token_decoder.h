#pragma once
// The steps that turn a sequence of tokens into text. Source: tokenizers::decoders; each step maps a list of strings to
// a list of strings, and the last list is joined.

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/tokenizer/normalizer.h"

namespace rbee::engine {

/// Joins all into one text; characters of the byte-level alphabet become bytes. A token with another character stands
/// for itself. Invalid UTF-8 becomes U+FFFD.
struct ByteLevelDecode {};
/// Runs of <0xNN> become their bytes: a character each where they are UTF-8, else one U+FFFD per byte.
struct ByteFallbackDecode {};
/// Joins all into one.
struct FuseDecode {};
/// Removes at most so many of `content` (one character) at the ends of every string.
struct StripDecode {
  std::string content;
  std::size_t start, stop;
};
struct ReplaceDecode {
  ReplaceStep replace;
};
/// The replacement character becomes a space; in the first string it is dropped when a prefix was put there.
struct MetaspaceDecode {
  std::string replacement;
  bool drops_first;
};

using DecoderStep =
    std::variant<ByteLevelDecode, ByteFallbackDecode, FuseDecode, StripDecode, ReplaceDecode, MetaspaceDecode>;

/// Immutable: any thread may use it.
class TokenDecoder {
 public:
  explicit TokenDecoder(std::vector<DecoderStep> steps) : steps_(std::move(steps)) {}
  /// The text of `tokens`, valid UTF-8.
  std::string decode(std::vector<std::string> tokens) const;
  /// The bytes that `token` adds in the middle of a text: every step but those that join or look at the ends.
  std::string bytes_of(std::string_view token) const;

 private:
  std::vector<DecoderStep> steps_;
};

/// The byte that `token` stands for when it is written <0xNN> with two hexadecimal digits; -1 otherwise.
int byte_of_fallback_token(std::string_view token);

}  // namespace rbee::engine
