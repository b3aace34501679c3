#pragma once
// Stop sequences in streamed text, across the borders of tokens.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::engine {

/// Finds the first stop string in a text that comes in pieces. What it returns depends on the text alone, not on how
/// it was cut: the match that starts earliest wins; of those that start together, the one that is complete first (the
/// shortest). Text that may still become part of a match is held back, at most the longest stop string's length.
/// Pieces and stop strings are valid UTF-8; so is everything returned. One thread.
class StopMatcher {
 public:
  /// `stops` are not empty.
  explicit StopMatcher(std::vector<std::string> stops) : stops_(std::move(stops)) {}

  struct Result {
    std::string text;                  ///< decided: it goes out
    std::optional<std::string> match;  ///< the stop string that ends the text; nothing may be pushed after it
  };

  /// Adds a piece of text.
  Result push(std::string_view piece);
  /// The text ends here: decides what was held back.
  Result finish();

 private:
  enum class MoreText : bool { kNo, kYes };
  Result decide(MoreText more_text);

  std::vector<std::string> stops_;
  std::string held_;
};

}  // namespace rbee::engine
