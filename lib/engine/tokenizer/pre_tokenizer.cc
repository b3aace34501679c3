#include "engine/tokenizer/pre_tokenizer.h"

#include "engine/tokenizer/normalizer.h"
#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

constexpr SplitScanner kByteLevelScanner{SplitScanner::Family::kGpt2, SplitScanner::Contractions::kLowerCase,
                                         UINT32_MAX, false};

bool is_ascii_symbol(char32_t c) {
  return (c >= 0x21 && c <= 0x2F) || (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) || (c >= 0x7B && c <= 0x7E);
}

// Cuts one piece; what it makes is appended to `out`.
class Cut {
 public:
  Cut(Piece piece, std::deque<std::string>& storage, std::vector<Piece>& out)
      : piece_(piece), storage_(storage), out_(out) {}

  void operator()(const SplitStep& step) {
    std::vector<ByteSpan> matches, pieces;
    step.pattern.find_all(piece_.text, matches);
    split_at_matches(piece_.text.size(), matches, step.behavior, step.invert, pieces);
    for (const ByteSpan& span : pieces) append(span.begin, span.end);
  }

  void operator()(const ByteLevelStep& step) {
    if (step.add_prefix_space && !piece_.text.starts_with(' ')) prepend(" ");
    if (!step.use_regex) return append(0, piece_.text.size());
    for (std::size_t begin = 0; begin < piece_.text.size();) {
      const std::size_t end = match_end(kByteLevelScanner, piece_.text, begin);
      append(begin, end);
      begin = end;
    }
  }

  void operator()(const MetaspaceStep& step) {
    const ReplaceStep spaces{SplitPattern::literal(" "), step.replacement};
    std::string buffer;
    if (replace_matches(piece_.text, spaces, buffer).data() == buffer.data()) {
      piece_.text = storage_.emplace_back(std::move(buffer));
    }
    const bool wanted =
        step.prepend == PrependScheme::kAlways || (step.prepend == PrependScheme::kFirst && piece_.at_start);
    if (wanted && !piece_.text.starts_with(step.replacement)) prepend(step.replacement);
    if (!step.split) return append(0, piece_.text.size());
    std::size_t begin = 0;
    for (std::size_t at = piece_.text.find(step.replacement); at != std::string_view::npos;
         at = piece_.text.find(step.replacement, at + step.replacement.size())) {
      append(begin, at);
      begin = at;
    }
    append(begin, piece_.text.size());
  }

  void operator()(const CharacterClassStep& step) {
    std::vector<ByteSpan> matches, pieces;
    each_character([&](std::uint32_t begin, std::uint32_t end, char32_t c, std::uint16_t bits) {
      const bool ascii_punctuation = (step.bits & kPunctuation) != 0 && is_ascii_symbol(c);
      if ((bits & step.bits) != 0 || ascii_punctuation) matches.push_back({begin, end});
    });
    split_at_matches(piece_.text.size(), matches, step.behavior, Invert::kNo, pieces);
    for (const ByteSpan& span : pieces) append(span.begin, span.end);
  }

  void operator()(const WhitespaceStep&) {
    // 0: space, 1: word, 2: other.
    int kind = 0;
    std::size_t run = 0;
    each_character([&](std::uint32_t begin, std::uint32_t, char32_t, std::uint16_t bits) {
      const int here = (bits & kWord) != 0 ? 1 : (bits & kSpace) != 0 ? 0 : 2;
      if (here == kind) return;
      if (kind != 0) append(run, begin);
      kind = here;
      run = begin;
    });
    if (kind != 0) append(run, piece_.text.size());
  }

  void operator()(const FixedLengthStep& step) {
    std::size_t run = 0, characters = 0;
    each_character([&](std::uint32_t begin, std::uint32_t, char32_t, std::uint16_t) {
      if (characters++ % step.length != 0) return;
      append(run, begin);
      run = begin;
    });
    append(run, piece_.text.size());
  }

 private:
  void append(std::size_t begin, std::size_t end) {
    if (begin == end) return;
    out_.push_back({piece_.text.substr(begin, end - begin), piece_.at_start && begin == 0});
  }
  void prepend(std::string_view text) {
    std::string& joined = storage_.emplace_back();
    joined.reserve(text.size() + piece_.text.size());
    joined.append(text).append(piece_.text);
    piece_.text = joined;
  }
  template <typename Visit>
  void each_character(Visit visit) {
    const UnicodeClass& classes = unicode_class();
    for (std::size_t at = 0; at < piece_.text.size();) {
      const Codepoint c = codepoint_at(piece_.text.data() + at);
      visit(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + c.bytes), c.value, classes[c.value]);
      at += c.bytes;
    }
  }

  Piece piece_;
  std::deque<std::string>& storage_;
  std::vector<Piece>& out_;
};

}  // namespace

void PreTokenizer::apply(std::vector<Piece>& pieces, std::deque<std::string>& storage) const {
  std::vector<Piece> cut;
  for (const PreTokenizerStep& step : steps_) {
    cut.clear();
    cut.reserve(pieces.size());
    for (const Piece& piece : pieces) std::visit(Cut(piece, storage, cut), step);
    pieces.swap(cut);
  }
}

}  // namespace rbee::engine
