#pragma once
// A regular expression of a tokenizer file, bounded: it ends with an Error, never with a hang or a stack overflow.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::engine {

/// Bytes [begin, end) of a text.
struct ByteSpan {
  std::uint32_t begin, end;
};

/// `pattern`, written for Oniguruma's Ruby syntax (which the tokenizers library uses), in PCRE2's. Constructs that mean
/// something else there are rewritten (`\s`, `\w`, `\h`, `\uHHHH`, `{1,3}+`), or throw Error{kUnsupported}.
std::string pcre_pattern_of(std::string_view pattern, std::string_view where);

/// Immutable after construction: any thread may match.
class Regex {
 public:
  /// Throws Error: kBadFile when `pattern` does not compile or is too long, kUnsupported for syntax that PCRE2 reads
  /// differently. `where` names the place in the file.
  Regex(std::string_view pattern, std::string_view where);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  /// Appends all matches in `text` (valid UTF-8), left to right, not overlapping. An empty match right behind another
  /// match does not count. Throws Error{kBadRequest} when the text needs more steps than limits.h allows.
  void find_all(std::string_view text, std::vector<ByteSpan>& matches) const;

 private:
  struct Compiled;
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace rbee::engine
