#include "engine/generate/stop_matcher.h"

#include <random>

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace rbee::engine {
namespace {

using Result = StopMatcher::Result;

// All text that comes out of `pieces`, up to the match or the end.
Result run(std::vector<std::string> stops, const std::vector<std::string>& pieces) {
  StopMatcher matcher(std::move(stops));
  Result all;
  for (const std::string& piece : pieces) {
    const Result result = matcher.push(piece);
    all.text += result.text;
    all.match = result.match;
    if (all.match) return all;
  }
  const Result last = matcher.finish();
  return {all.text + last.text, last.match};
}

TEST(StopMatcher, without_stops_text_passes_at_once) {
  StopMatcher matcher({});
  EXPECT_EQ(matcher.push("hello").text, "hello");
}

TEST(StopMatcher, a_match_across_pieces_ends_the_text_before_it) {
  const Result result = run({"END"}, {"some E", "N", "D and more"});
  EXPECT_EQ(result.text, "some ");
  EXPECT_EQ(result.match, "END");
}

TEST(StopMatcher, only_text_that_may_begin_a_match_is_held_back) {
  StopMatcher matcher({"\n\nUser:"});
  EXPECT_EQ(matcher.push("Hi.\n").text, "Hi.");
  EXPECT_EQ(matcher.push("\n").text, "");
  EXPECT_EQ(matcher.push("\n").text, "\n");  // the last two may begin a match now
  EXPECT_EQ(matcher.push("So").text, "\n\nSo");
}

TEST(StopMatcher, held_text_comes_out_at_the_end) {
  const Result result = run({"abc"}, {"xab"});
  EXPECT_EQ(result.text, "xab");
  EXPECT_FALSE(result.match);
}

TEST(StopMatcher, the_earliest_start_wins_over_an_earlier_end) {
  EXPECT_EQ(run({"bc", "abcd"}, {"xabc", "d"}).match, "abcd");
  const Result missed = run({"bc", "abcd"}, {"xabc", "e"});
  EXPECT_EQ(missed.match, "bc");
  EXPECT_EQ(missed.text, "xa");
  EXPECT_EQ(run({"bc", "abcd"}, {"xabc"}).match, "bc") << "decided when the text ends";
}

TEST(StopMatcher, of_matches_that_start_together_the_shortest_wins) {
  EXPECT_EQ(run({"abc", "ab"}, {"zabc"}).match, "ab");
  EXPECT_EQ(run({"abc", "ab"}, {"za", "b", "c"}).match, "ab");
}

TEST(StopMatcher, a_self_overlapping_stop_is_found) {
  const Result result = run({"aab"}, {"a", "a", "a", "b"});
  EXPECT_EQ(result.text, "a");
  EXPECT_EQ(result.match, "aab");
}

TEST(StopMatcher, a_character_of_several_bytes_is_a_stop_like_any_other) {
  const Result result = run({"蜂"}, {"蜜", "蜂蜜"});
  EXPECT_EQ(result.text, "蜜");
  EXPECT_EQ(result.match, "蜂");
}

// The definition, on the whole text at once.
Result by_definition(const std::vector<std::string>& stops, const std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::optional<std::string> best;
    for (const std::string& stop : stops) {
      if (text.compare(at, stop.size(), stop) == 0 && (!best || stop.size() < best->size())) best = stop;
    }
    if (best) return {text.substr(0, at), best};
  }
  return {text, std::nullopt};
}

TEST(StopMatcher, how_the_text_is_cut_never_matters) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> alphabet = {"a", "b", "ä", "🐝"};
  const auto random_text = [&](std::size_t characters) {
    std::string text;
    for (std::size_t i = 0; i < characters; ++i) text += alphabet[random() % alphabet.size()];
    return text;
  };
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::string> stops, pieces;
    for (std::size_t i = random() % 4; i > 0; --i) stops.push_back(random_text(1 + random() % 5));
    std::string text;
    for (std::size_t i = random() % 12; i > 0; --i) text += pieces.emplace_back(random_text(random() % 4));
    const Result expected = by_definition(stops, text), found = run(stops, pieces);
    ASSERT_EQ(found.text, expected.text) << text;
    ASSERT_EQ(found.match, expected.match) << text;
    StopMatcher matcher(stops);
    for (const std::string& piece : pieces) {
      const Result part = matcher.push(piece);
      ASSERT_EQ(find_invalid_utf8(part.text), std::string::npos);
      if (part.match) break;
    }
  }
}

}  // namespace
}  // namespace rbee::engine
