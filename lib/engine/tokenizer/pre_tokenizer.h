#pragma once
// The steps that cut a normalized text into the pieces that the model encodes one by one. Source:
// tokenizers::pre_tokenizers.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/tokenizer/split_pattern.h"

namespace rbee::engine {

struct SplitStep {
  SplitPattern pattern;
  SplitBehavior behavior;
  Invert invert;
};
/// The byte-level pre-tokenizer. The model sees bytes, so only its space and its split remain to be done.
struct ByteLevelStep {
  bool add_prefix_space;
  bool use_regex;
};
enum class PrependScheme : std::uint8_t { kNever, kFirst, kAlways };
/// Spaces become `replacement`, which also may be put before a piece; then the piece is split before each of them.
struct MetaspaceStep {
  std::string replacement;  // one character
  PrependScheme prepend;
  bool split;
};
/// Splits at characters of a class (UnicodeBits; for kPunctuation also the ASCII symbols).
struct CharacterClassStep {
  std::uint16_t bits;
  SplitBehavior behavior;
};
/// Keeps runs of word characters and runs of what is neither word nor space: `\w+|[^\w\s]+`.
struct WhitespaceStep {};
/// Pieces of `length` characters.
struct FixedLengthStep {
  std::size_t length;
};

using PreTokenizerStep =
    std::variant<SplitStep, ByteLevelStep, MetaspaceStep, CharacterClassStep, WhitespaceStep, FixedLengthStep>;

/// A stretch of text on its way to the model.
struct Piece {
  std::string_view text;
  bool at_start;  ///< begins where the whole original text begins
};

/// Steps one after the other. Immutable: any thread may use it.
class PreTokenizer {
 public:
  explicit PreTokenizer(std::vector<PreTokenizerStep> steps) : steps_(std::move(steps)) {}
  /// Replaces `pieces` by what the steps make of them. Pieces are valid UTF-8, never empty, and view their old text or
  /// `storage`. Throws Error{kBadRequest} for a text that costs too much.
  void apply(std::vector<Piece>& pieces, std::deque<std::string>& storage) const;

 private:
  std::vector<PreTokenizerStep> steps_;
};

}  // namespace rbee::engine
