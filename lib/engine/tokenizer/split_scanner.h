#pragma once
// The split patterns of well-known tokenizers as linear scanners.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rbee::engine {

/// One of the known patterns. Each matches at every position of every text, so the matches tile it.
struct SplitScanner {
  enum class Family : std::uint8_t {
    kGpt2,    ///< GPT-2: ` ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+`, contractions in lower case
    kCl100k,  ///< GPT-4, Llama 3, Qwen2: a letter run takes one character before it
    kO200k,   ///< GPT-4o, Mistral Nemo: letter runs split where lower case turns to upper
  };
  enum class Contractions : std::uint8_t { kNone, kLowerCase, kAnyCase };
  Family family;
  Contractions contractions;
  std::uint32_t digits_max;     ///< digits per piece
  bool slash_ends_punctuation;  ///< `[\r\n/]*` after punctuation, instead of `[\r\n]*`
};

/// The scanner of `pattern`, compared as text; empty for a pattern that is not known.
std::optional<SplitScanner> known_scanner(std::string_view pattern);

/// Where the match that begins at `begin` (< text.size()) ends. `text` is valid UTF-8. Every byte is looked at a
/// bounded number of times over a whole text.
std::size_t match_end(const SplitScanner& scanner, std::string_view text, std::size_t begin);

}  // namespace rbee::engine
