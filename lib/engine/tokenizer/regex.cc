#include "engine/tokenizer/regex.h"

#include <array>
#include <optional>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.h"
#include "engine/tokenizer/limits.h"
#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

constexpr std::uint32_t kMatchLimit = 50'000'000;
constexpr std::uint32_t kHeapLimitKiB = 64 * 1024;
constexpr std::size_t kJitStackBytesMin = 32 * 1024, kJitStackBytesMax = 8 * 1024 * 1024;

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* p) const {
    Free(p);
  }
};
using MatchData = std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>>;
using JitStack = std::unique_ptr<pcre2_jit_stack, Freed<pcre2_jit_stack_free>>;
using Code = std::unique_ptr<pcre2_code, Freed<pcre2_code_free>>;

// Called before every item of the pattern that is tried: the steps are what a text may cost.
int count_step(pcre2_callout_block*, void* left) {
  auto& steps_left = *static_cast<std::uint64_t*>(left);
  if (steps_left == 0) return PCRE2_ERROR_MATCHLIMIT;
  --steps_left;
  return 0;
}

// What stands for an escape outside and inside a [class]; empty where PCRE2 means the same.
struct EscapeMeaning {
  char escape;
  std::string_view outside, inside;
};
constexpr std::array kEscapes = {
    // PCRE2 counts U+180E as a space, Oniguruma does not.
    EscapeMeaning{'s', R"([\x09-\x0D\x{85}\p{Z}])", R"(\x09-\x0D\x{85}\p{Z})"},
    EscapeMeaning{'S', R"([^\x09-\x0D\x{85}\p{Z}])", ""},
    // PCRE2 10.42 knows no marks and connectors as word characters.
    EscapeMeaning{'w', R"([\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}])", R"(\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc})"},
    EscapeMeaning{'W', R"([^\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}])", ""},
    // A hexadecimal digit in Ruby, horizontal space in Perl.
    EscapeMeaning{'h', "[0-9a-fA-F]", "0-9a-fA-F"},
    EscapeMeaning{'H', "[^0-9a-fA-F]", ""},
};

// Rewrites one pattern from left to right.
class Translation {
 public:
  Translation(std::string_view pattern, std::string_view where) : in_(pattern), where_(where) {}

  std::string run() {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (c == '\\' && at_ + 1 < in_.size()) {
        escape();
      } else if (in_class_) {
        inside_class();
      } else if (c == '[') {
        open_class();
      } else if (c == '{' && counted_and_possessive()) {
        continue;
      } else {
        copy(1);
      }
    }
    return std::move(out_);
  }

 private:
  void copy(std::size_t n) {
    out_.append(in_.substr(at_, n));
    at_ += n;
  }

  void escape() {
    const char c = in_[at_ + 1];
    if ((c == 'p' || c == 'P' || c == 'x') && at_ + 2 < in_.size() && in_[at_ + 2] == '{') {
      const std::size_t close = in_.find('}', at_);
      return copy(close == std::string_view::npos ? in_.size() - at_ : close + 1 - at_);
    }
    if (c == 'u' && at_ + 6 <= in_.size()) {
      out_.append("\\x{").append(in_.substr(at_ + 2, 4)).append("}");
      at_ += 6;
      return;
    }
    for (const EscapeMeaning& meaning : kEscapes) {
      const std::string_view text = in_class_ ? meaning.inside : meaning.outside;
      if (meaning.escape != c || text.empty()) continue;
      out_.append(text);
      at_ += 2;
      return;
    }
    copy(2);
  }

  void open_class() {
    in_class_ = true;
    copy(1);
    if (at_ < in_.size() && in_[at_] == '^') copy(1);
    if (at_ < in_.size() && in_[at_] == ']') copy(1);  // a literal
  }

  void inside_class() {
    const std::string_view rest = in_.substr(at_);
    if (rest.starts_with("[:")) {
      const std::size_t end = rest.find(":]");
      return copy(end == std::string_view::npos ? 2 : end + 2);
    }
    if (rest[0] == '[' || rest.starts_with("&&")) {
      fail(ErrorKind::kUnsupported, "{}: the pattern has a set operation inside [...] at byte {}", where_, at_ + 1);
    }
    if (rest[0] == ']') in_class_ = false;
    copy(1);
  }

  // `{1,3}+` is possessive in Perl; in Ruby it is `(?:x{1,3})+`, which is `x+`.
  bool counted_and_possessive() {
    const std::size_t close = in_.find('}', at_);
    if (close == std::string_view::npos || close + 1 >= in_.size() || in_[close + 1] != '+') return false;
    const std::string_view count = in_.substr(at_ + 1, close - at_ - 1);
    if (!count.starts_with("1,") && !count.starts_with("0,") && !count.starts_with(",")) {
      fail(ErrorKind::kUnsupported, "{}: the pattern repeats a repeat, '{{{}}}+', at byte {}", where_, count, at_ + 1);
    }
    out_ += count[0] == '1' ? '+' : '*';
    at_ = close + 2;
    return true;
  }

  std::string_view in_;
  std::string_view where_;
  std::size_t at_ = 0;
  bool in_class_ = false;
  std::string out_;
};

}  // namespace

std::string pcre_pattern_of(std::string_view pattern, std::string_view where) {
  return Translation(pattern, where).run();
}

struct Regex::Compiled {
  Code code;
  std::string where;
};

Regex::Regex(std::string_view pattern, std::string_view where) {
  if (pattern.size() > kPatternBytesMax) {
    fail(ErrorKind::kBadFile, "{}: a pattern of {} bytes, at most {} are allowed", where, pattern.size(),
         kPatternBytesMax);
  }
  const std::string translated = pcre_pattern_of(pattern, where);
  int error = 0;
  std::size_t error_at = 0;
  // Without auto-possessification every character given back is a step that count_step sees.
  const std::uint32_t options =
      PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_AUTO_CALLOUT | PCRE2_NO_AUTO_POSSESS | PCRE2_NEVER_BACKSLASH_C;
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(), options, &error,
                          &error_at, nullptr));
  if (code == nullptr) {
    std::array<PCRE2_UCHAR, 256> message{};
    pcre2_get_error_message(error, message.data(), message.size());
    fail(ErrorKind::kBadFile, "{}: the pattern '{}' does not compile: {} (at byte {})", where, translated,
         reinterpret_cast<const char*>(message.data()), error_at + 1);
  }
  pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);  // where there is no JIT, the interpreter matches
  compiled_ = std::make_unique<const Compiled>(Compiled{std::move(code), std::string(where)});
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

void Regex::find_all(std::string_view text, std::vector<ByteSpan>& matches) const {
  const MatchData data(pcre2_match_data_create_from_pattern(compiled_->code.get(), nullptr));
  const MatchContext context(pcre2_match_context_create(nullptr));
  const JitStack stack(pcre2_jit_stack_create(kJitStackBytesMin, kJitStackBytesMax, nullptr));
  if (!data || !context || !stack) fail(ErrorKind::kExhausted, "{}: no memory to match the pattern", compiled_->where);
  std::uint64_t steps_left = kPatternStepsFloor + kPatternStepsPerByte * text.size();
  pcre2_set_match_limit(context.get(), kMatchLimit);
  pcre2_set_heap_limit(context.get(), kHeapLimitKiB);
  pcre2_set_callout(context.get(), count_step, &steps_left);
  pcre2_jit_stack_assign(context.get(), nullptr, stack.get());

  const auto subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  std::optional<std::size_t> last_match_end;
  for (std::size_t at = 0; at <= text.size();) {
    const int found =
        pcre2_match(compiled_->code.get(), subject, text.size(), at, PCRE2_NO_UTF_CHECK, data.get(), context.get());
    if (found == PCRE2_ERROR_NOMATCH) return;
    if (found < 0) {
      fail(ErrorKind::kBadRequest, "{}: the pattern needs too many steps for a text of {} bytes (PCRE2 error {})",
           compiled_->where, text.size(), found);
    }
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data.get());
    const std::size_t begin = ends[0], end = ends[1];
    if (end < begin) fail(ErrorKind::kBadRequest, "{}: a match ends before it begins (\\K)", compiled_->where);
    const bool empty_behind_match = begin == end && last_match_end == end;
    if (!empty_behind_match) {
      matches.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
      last_match_end = end;
    }
    at = end;
    if (begin == end) at = end < text.size() ? end + codepoint_at(text.data() + end).bytes : end + 1;
  }
}

}  // namespace rbee::engine
