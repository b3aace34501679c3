// Steps that the four real tokenizers do not use. Expectations: the tokenizers library 0.23.1 on the same files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "base/error.h"
#include "engine/tokenizer/normal_form.h"
#include "engine/tokenizer/regex.h"
#include "engine/tokenizer/small_tokenizer.h"
#include "engine/tokenizer/split_pattern.h"
#include "engine/tokenizer/tokenizer.h"

namespace rbee::engine {
namespace {

using testing::ElementsAre;

std::vector<std::string> split(const SplitPattern& pattern, std::string_view text, SplitBehavior behavior,
                               Invert invert = Invert::kNo) {
  std::vector<ByteSpan> matches, spans;
  pattern.find_all(text, matches);
  split_at_matches(text.size(), matches, behavior, invert, spans);
  std::vector<std::string> pieces;
  for (const ByteSpan& span : spans) pieces.emplace_back(text.substr(span.begin, span.end - span.begin));
  return pieces;
}

TEST(SplitBehavior, treats_delimiters_as_the_tokenizers_library_documents) {
  const SplitPattern dash = SplitPattern::literal("-");
  const std::string_view text = "the-final--countdown";
  EXPECT_THAT(split(dash, text, SplitBehavior::kRemoved), ElementsAre("the", "final", "countdown"));
  EXPECT_THAT(split(dash, text, SplitBehavior::kIsolated), ElementsAre("the", "-", "final", "-", "-", "countdown"));
  EXPECT_THAT(split(dash, text, SplitBehavior::kMergedWithPrevious), ElementsAre("the-", "final-", "-", "countdown"));
  EXPECT_THAT(split(dash, text, SplitBehavior::kMergedWithNext), ElementsAre("the", "-final", "-", "-countdown"));
  EXPECT_THAT(split(dash, text, SplitBehavior::kContiguous), ElementsAre("the", "-", "final", "--", "countdown"));
  EXPECT_THAT(split(dash, text, SplitBehavior::kRemoved, Invert::kYes), ElementsAre("-", "-", "-"));
}

TEST(Regex, reads_ruby_syntax) {
  EXPECT_EQ(pcre_pattern_of(R"(\p{N}+)", ""), R"(\p{N}+)");
  EXPECT_EQ(pcre_pattern_of(R"(\p{N}{1,3}+)", ""), R"(\p{N}+)");
  EXPECT_EQ(pcre_pattern_of(R"(\h\u4e00)", ""), R"([0-9a-fA-F]\x{4e00})");
  EXPECT_THROW(pcre_pattern_of("[a-z&&[^b]]", ""), Error);
}

TEST(Regex, agrees_with_the_scanners_on_mixed_text) {
  // The same pattern with a group around it is not known as text, so PCRE2 matches it.
  for (
      const std::string_view pattern :
      {R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
       R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
       R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)"}) {
    const SplitPattern scanned = SplitPattern::regex(pattern, "");
    const SplitPattern matched = SplitPattern::regex(fmt::format("(?:{})", pattern), "");
    constexpr std::array kUnits = {"a",   "B", "é",  "e\u0301", "\u0301", "日",     "ʰ",      "ǅ",     "7",
                                   "²",   " ", "\n", "\r",      "\t",     "\u00a0", "'s",     "'S",    "'ſ",
                                   "'ll", "'", ".",  "/",       "😀",      "_",      "\u180e", "\u200d"};
    std::uint64_t state = 7;
    for (int round = 0; round < 3000; ++round) {
      std::string text;
      for (int i = 0; i < 10; ++i) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        text += kUnits[(state >> 33) % kUnits.size()];
      }
      ASSERT_EQ(split(scanned, text, SplitBehavior::kIsolated), split(matched, text, SplitBehavior::kIsolated)) << text;
    }
  }
}

TEST(NormalForm, composes_and_decomposes) {
  std::string buffer;
  EXPECT_EQ(to_normal_form("e\u0301 \u1112\u1161\u11ab か\u3099 \u212b", NormalForm::kNfc, buffer), "é 한 が Å");
  EXPECT_EQ(to_normal_form("é한", NormalForm::kNfd, buffer), "e\u0301\u1112\u1161\u11ab");
  EXPECT_EQ(to_normal_form("ﬁ①", NormalForm::kNfkc, buffer), "fi1");
  EXPECT_EQ(to_normal_form("a\u0301\u0316", NormalForm::kNfc, buffer), "\u00e1\u0316");
  EXPECT_EQ(to_normal_form("\u0958", NormalForm::kNfc, buffer), "\u0915\u093c") << "a composition exclusion";
}

TEST(AddedTokens, strip_white_space_and_stand_alone_as_they_say) {
  const auto ids = [](std::string_view flags, std::string_view text) {
    const auto tokenizer =
        parse_hf_tokenizer(tiny_json(fmt::format(R"("added_tokens": [{{"id": 4, "content": "<x>", {}}}],)", flags),
                                     R"("a": 0, "b": 1, "ab": 2, " ": 3)"),
                           "t");
    std::vector<std::int32_t> out;
    for (const TokenId id : tokenizer->encode(text, AddSpecial::kNo)) out.push_back(id.value());
    return out;
  };
  EXPECT_THAT(ids(R"("special": true)", "a <x> b"), ElementsAre(0, 3, 4, 3, 1));
  EXPECT_THAT(ids(R"("lstrip": true)", "a  <x> b"), ElementsAre(0, 4, 3, 1));
  EXPECT_THAT(ids(R"("rstrip": true)", "a <x>  b"), ElementsAre(0, 3, 4, 1));
  EXPECT_THAT(ids(R"("single_word": true)", "a<x> <x> b"), ElementsAre(0, 3, 4, 3, 1));
}

}  // namespace
}  // namespace rbee::engine
