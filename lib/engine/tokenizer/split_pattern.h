#pragma once
// What a Split or Replace step looks for: a literal text, a known split pattern, or a regular expression.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/tokenizer/regex.h"
#include "engine/tokenizer/split_scanner.h"

namespace rbee::engine {

/// Immutable: any thread may search.
class SplitPattern {
 public:
  /// `text` itself. An empty text is never found.
  static SplitPattern literal(std::string text);
  /// A regular expression; the well-known ones are matched by a scanner. Throws as Regex does.
  static SplitPattern regex(std::string_view pattern, std::string_view where);

  /// Appends all matches in `text` (valid UTF-8) from left to right. Throws Error{kBadRequest} as Regex does.
  void find_all(std::string_view text, std::vector<ByteSpan>& matches) const;

 private:
  explicit SplitPattern(std::variant<std::string, SplitScanner, Regex> matcher) : matcher_(std::move(matcher)) {}
  std::variant<std::string, SplitScanner, Regex> matcher_;
};

/// What becomes of the matches when a text is split at them. Source: SplitDelimiterBehavior of the tokenizers library.
enum class SplitBehavior : std::uint8_t { kIsolated, kRemoved, kMergedWithPrevious, kMergedWithNext, kContiguous };

/// Appends the pieces of a text of `text_size` bytes whose `matches` are given. `invert` takes what is between the
/// matches for the matches. Empty pieces are left out.
enum class Invert : bool { kNo, kYes };
void split_at_matches(std::size_t text_size, const std::vector<ByteSpan>& matches, SplitBehavior behavior,
                      Invert invert, std::vector<ByteSpan>& pieces);

}  // namespace rbee::engine
