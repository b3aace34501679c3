#include "engine/tokenizer/split_scanner.h"

#include <array>

#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

using Family = SplitScanner::Family;
using Contractions = SplitScanner::Contractions;

struct KnownPattern {
  std::string_view pattern;
  SplitScanner scanner;
};

constexpr std::uint32_t kAnyNumber = UINT32_MAX;

// Source: the tokenizer.json files of the models named, and tiktoken's openai_public.py.
constexpr std::array kKnownPatterns = {
    // GPT-2, and the ByteLevel pre-tokenizer's own.
    KnownPattern{R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
                 {Family::kGpt2, Contractions::kLowerCase, kAnyNumber, false}},
    // Llama 3.
    KnownPattern{
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        {Family::kCl100k, Contractions::kAnyCase, 3, false}},
    // Qwen2, Qwen2.5, Qwen3.
    KnownPattern{
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        {Family::kCl100k, Contractions::kAnyCase, 1, false}},
    // GPT-4o.
    KnownPattern{
        R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        {Family::kO200k, Contractions::kAnyCase, 3, true}},
    // Mistral Nemo.
    KnownPattern{
        R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        {Family::kO200k, Contractions::kNone, 1, true}},
};

// Walks one text; positions are byte offsets at character borders.
class Walker {
 public:
  Walker(std::string_view text, const UnicodeClass& classes) : text_(text), classes_(classes) {}

  bool at_end(std::size_t at) const { return at >= text_.size(); }
  char byte(std::size_t at) const { return at_end(at) ? '\0' : text_[at]; }
  /// The class at `at`; 0 at the end. Sets `after` to the next character.
  std::uint16_t look(std::size_t at, std::size_t& after) const {
    if (at_end(at)) {
      after = at;
      return 0;
    }
    const Codepoint c = codepoint_at(text_.data() + at);
    after = at + c.bytes;
    return classes_[c.value];
  }
  /// The end of the run of characters from `at` that have one of `wanted`.
  std::size_t run(std::size_t at, std::uint16_t wanted) const {
    std::size_t after;
    while (!at_end(at) && (look(at, after) & wanted) != 0) at = after;
    return at;
  }
  /// The end of the run of `[^\s\p{L}\p{N}]` from `at`.
  std::size_t run_of_others(std::size_t at) const {
    std::size_t after;
    while (!at_end(at) && (look(at, after) & (kSpace | kLetter | kNumber)) == 0) at = after;
    return at;
  }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  const UnicodeClass& classes_;
};

bool is_newline(char c) {
  return c == '\r' || c == '\n';
}

// 's 't 'm 'd 're 've 'll at `at`: its end, or `at`. In any case: ſ (U+017F) folds to s.
std::size_t contraction_end(const Walker& walker, std::size_t at, Contractions contractions) {
  if (contractions == Contractions::kNone || walker.byte(at) != '\'') return at;
  const bool any_case = contractions == Contractions::kAnyCase;
  const auto letter = [&](std::size_t i) {
    const char c = walker.byte(i);
    return any_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  };
  const char first = letter(at + 1), second = letter(at + 2);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 2;
  if (any_case && walker.text().substr(at + 1, 2) == "\xC5\xBF") return at + 3;
  if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l')) {
    return at + 3;
  }
  return at;
}

// `\s+(?!\S)|\s+` from `at`, a space: the whole run at the end of the text, else all but its last character.
std::size_t spaces_end(const Walker& walker, std::size_t at, std::size_t run_end) {
  if (walker.at_end(run_end)) return run_end;
  const std::size_t last = codepoint_before(walker.text(), run_end);
  return last > at ? last : run_end;
}

// `\s*[\r\n]+|\s+(?!\S)|\s+`.
std::size_t spaces_or_lines_end(const Walker& walker, std::size_t at) {
  const std::size_t run_end = walker.run(at, kSpace);
  for (std::size_t i = run_end; i > at; --i) {
    if (is_newline(walker.text()[i - 1])) return i;
  }
  return spaces_end(walker, at, run_end);
}

std::size_t numbers_end(const Walker& walker, std::size_t at, std::uint32_t digits_max) {
  std::size_t after;
  for (std::uint32_t n = 0; n < digits_max && (walker.look(at, after) & kNumber) != 0; ++n) at = after;
  return at;
}

std::size_t gpt2_end(const SplitScanner& scanner, const Walker& walker, std::size_t at) {
  if (const std::size_t end = contraction_end(walker, at, scanner.contractions); end > at) return end;
  std::size_t after;
  const std::size_t begin = walker.byte(at) == ' ' ? at + 1 : at;
  const std::uint16_t bits = walker.look(begin, after);
  if (walker.at_end(begin) || (bits & kSpace) != 0) return spaces_end(walker, at, walker.run(at, kSpace));
  if ((bits & kLetter) != 0) return walker.run(after, kLetter);
  if ((bits & kNumber) != 0) return numbers_end(walker, begin, scanner.digits_max);
  return walker.run_of_others(after);
}

// ` ?[^\s\p{L}\p{N}]+[\r\n/]*` at `at`: its end, or `at`.
std::size_t punctuation_end(const SplitScanner& scanner, const Walker& walker, std::size_t at) {
  const std::size_t begin = walker.byte(at) == ' ' ? at + 1 : at;
  std::size_t end = walker.run_of_others(begin);
  if (end == begin) return at;
  while (is_newline(walker.byte(end)) || (scanner.slash_ends_punctuation && walker.byte(end) == '/')) ++end;
  return end;
}

// Numbers, punctuation, lines and spaces: what cl100k and o200k share.
std::size_t non_letters_end(const SplitScanner& scanner, const Walker& walker, std::size_t at) {
  std::size_t after;
  if ((walker.look(at, after) & kNumber) != 0) return numbers_end(walker, at, scanner.digits_max);
  if (const std::size_t end = punctuation_end(scanner, walker, at); end > at) return end;
  return spaces_or_lines_end(walker, at);
}

std::size_t cl100k_end(const SplitScanner& scanner, const Walker& walker, std::size_t at) {
  if (const std::size_t end = contraction_end(walker, at, scanner.contractions); end > at) return end;
  std::size_t after, after_next;
  const std::uint16_t bits = walker.look(at, after);
  if ((bits & kLetter) != 0) return walker.run(after, kLetter);
  if ((bits & kNumber) == 0 && !is_newline(walker.byte(at)) && (walker.look(after, after_next) & kLetter) != 0) {
    return walker.run(after_next, kLetter);
  }
  return non_letters_end(scanner, walker, at);
}

// [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and [\p{Ll}\p{Lm}\p{Lo}\p{M}]; Lm, Lo and M are in both.
bool in_upper_set(std::uint16_t bits) {
  return (bits & (kLetter | kMark)) != 0 && (bits & kLower) == 0;
}
bool in_lower_set(std::uint16_t bits) {
  return (bits & (kLetter | kMark)) != 0 && (bits & kUpper) == 0;
}

// `U*L+` at `at`: its end, or `at` when it does not match. U* is greedy and gives back until L+ has one character.
std::size_t upper_lower_end(const Walker& walker, std::size_t at) {
  std::size_t end = at, after, both_end = at;
  for (std::uint16_t bits; !walker.at_end(end) && in_upper_set(bits = walker.look(end, after)); end = after) {
    if (in_lower_set(bits)) both_end = after;
  }
  const std::size_t upper_end = end;
  while (!walker.at_end(end) && in_lower_set(walker.look(end, after))) end = after;
  return end > upper_end ? end : both_end;
}

// `U+L*` at `at`, where `U*L+` does not match: a run of upper case only.
std::size_t upper_end(const Walker& walker, std::size_t at) {
  std::size_t after;
  while (!walker.at_end(at) && in_upper_set(walker.look(at, after))) at = after;
  return at;
}

std::size_t o200k_end(const SplitScanner& scanner, const Walker& walker, std::size_t at) {
  std::size_t after;
  const std::uint16_t bits = walker.look(at, after);
  const bool may_precede = (bits & (kLetter | kNumber)) == 0 && !is_newline(walker.byte(at));
  for (const auto word_end : {upper_lower_end, upper_end}) {
    if (may_precede) {
      if (const std::size_t end = word_end(walker, after); end > after) {
        return contraction_end(walker, end, scanner.contractions);
      }
    }
    if (const std::size_t end = word_end(walker, at); end > at) {
      return contraction_end(walker, end, scanner.contractions);
    }
  }
  return non_letters_end(scanner, walker, at);
}

}  // namespace

std::optional<SplitScanner> known_scanner(std::string_view pattern) {
  for (const KnownPattern& known : kKnownPatterns) {
    if (known.pattern == pattern) return known.scanner;
  }
  return std::nullopt;
}

std::size_t match_end(const SplitScanner& scanner, std::string_view text, std::size_t begin) {
  const Walker walker(text, unicode_class());
  switch (scanner.family) {
    case Family::kGpt2:
      return gpt2_end(scanner, walker, begin);
    case Family::kCl100k:
      return cl100k_end(scanner, walker, begin);
    case Family::kO200k:
      return o200k_end(scanner, walker, begin);
  }
  return text.size();
}

}  // namespace rbee::engine
