#pragma once
// The steps that change a text before it is split. Source: tokenizers::normalizers.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/tokenizer/normal_form.h"
#include "engine/tokenizer/split_pattern.h"

namespace rbee::engine {

/// Puts `text` before a text that is not empty.
struct PrependStep {
  std::string text;
};
/// Replaces every match by `content`, literally.
struct ReplaceStep {
  SplitPattern pattern;
  std::string content;
};
struct NormalFormStep {
  NormalForm form;
};
/// Removes white space at the ends.
struct StripStep {
  bool left, right;
};
/// Every character's lower case by itself (no final sigma).
struct LowercaseStep {};
/// Removes the marks (M).
struct StripAccentsStep {};
/// Writes bytes in the byte-level alphabet.
struct ByteAlphabetStep {};

using NormalizerStep = std::variant<PrependStep, ReplaceStep, NormalFormStep, StripStep, LowercaseStep,
                                    StripAccentsStep, ByteAlphabetStep>;

/// A normalized text. `text` views the input or `storage`.
struct Normalized {
  std::string_view text;
  /// Whether the first character of `text` came from the first one of the input (or was put before it).
  bool keeps_start = true;
};

/// Steps one after the other. Immutable: any thread may use it.
class Normalizer {
 public:
  explicit Normalizer(std::vector<NormalizerStep> steps) : steps_(std::move(steps)) {}
  bool empty() const { return steps_.empty(); }
  /// `text` is valid UTF-8 and so is the result, which views `text` or `storage`. Throws Error{kBadRequest} above
  /// limits.h's size.
  Normalized apply(std::string_view text, std::string& storage) const;

 private:
  std::vector<NormalizerStep> steps_;
};

/// `text` with every match of `pattern` replaced; `text` itself when there is none, else a view of `buffer`.
std::string_view replace_matches(std::string_view text, const ReplaceStep& step, std::string& buffer);

}  // namespace rbee::engine
