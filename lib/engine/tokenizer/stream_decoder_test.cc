#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "engine/tokenizer/real_tokenizers.h"
#include "engine/tokenizer/small_tokenizer.h"

namespace rbee::engine {
namespace {

class StreamDecoderTest : public testing::Test {
 protected:
  std::unique_ptr<Tokenizer> tokenizer_ = parse_hf_tokenizer(small_byte_level_json(), "small");
  const TokenId end_{266};
  static TokenId byte(unsigned value) { return TokenId(static_cast<std::int32_t>(value)); }
};

TEST_F(StreamDecoderTest, an_emoji_over_four_tokens_comes_out_whole_with_the_last) {
  StreamDecoder stream(*tokenizer_, SkipSpecial::kYes);
  EXPECT_EQ(stream.push(byte(0xF0)), "");
  EXPECT_EQ(stream.push(byte(0x9F)), "");
  EXPECT_EQ(stream.push(byte(0x98)), "");
  EXPECT_EQ(stream.push(byte(0x80)), "😀");
  EXPECT_EQ(stream.finish(), "");
}

TEST_F(StreamDecoderTest, a_dangling_part_of_a_character_ends_as_one_replacement_character) {
  StreamDecoder stream(*tokenizer_, SkipSpecial::kYes);
  EXPECT_EQ(stream.push(byte(0xF0)), "");
  EXPECT_EQ(stream.push(byte(0x9F)), "");
  EXPECT_EQ(stream.finish(), "\uFFFD");
  EXPECT_EQ(stream.finish(), "");
}

TEST_F(StreamDecoderTest, bytes_that_cannot_become_a_character_are_replaced_at_once) {
  StreamDecoder stream(*tokenizer_, SkipSpecial::kYes);
  EXPECT_EQ(stream.push(byte(0xF0)), "");
  EXPECT_EQ(stream.push(byte('a')), "\uFFFDa");
  EXPECT_EQ(stream.push(byte(0x80)), "\uFFFD");
}

TEST_F(StreamDecoderTest, special_tokens_are_shown_or_skipped) {
  StreamDecoder shown(*tokenizer_, SkipSpecial::kNo), skipped(*tokenizer_, SkipSpecial::kYes);
  EXPECT_EQ(shown.push(end_), "<|end|>");
  EXPECT_EQ(skipped.push(end_), "");
}

TEST_F(StreamDecoderTest, a_stream_equals_the_decoded_bytes_whatever_they_are) {
  std::uint64_t state = 42;
  for (int round = 0; round < 2000; ++round) {
    std::vector<TokenId> ids;
    for (int i = 0; i < 12; ++i) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      ids.push_back(
          byte(static_cast<unsigned>(state >> 40) % 3 == 0 ? 'a' : 0x80u + static_cast<unsigned>(state >> 33) % 128));
    }
    StreamDecoder stream(*tokenizer_, SkipSpecial::kNo);
    std::string text;
    for (const TokenId id : ids) {
      const std::string piece = stream.push(id);
      EXPECT_EQ(find_invalid_utf8(piece), std::string::npos);
      text += piece;
    }
    text += stream.finish();
    EXPECT_EQ(text, tokenizer_->decode(ids, SkipSpecial::kNo));
  }
}

TEST(StreamDecoderOfRealTokenizers, streams_equal_the_text) {
  for (const char* name : {"llama2", "llama3", "qwen2_5", "gemma"}) {
    const auto tokenizer = real_tokenizer(name);
    const std::string text = "One 日本語 text with 👩‍👩‍👧 and 🇫🇷, naïve…\n";
    StreamDecoder stream(*tokenizer, SkipSpecial::kYes);
    std::string streamed;
    for (const TokenId id : tokenizer->encode(text, AddSpecial::kYes)) streamed += stream.push(id);
    // A stream keeps the space that SentencePiece puts first: it continues a prompt.
    EXPECT_EQ(streamed + stream.finish(), (std::string(name) == "llama2" ? " " : "") + text) << name;
  }
}

}  // namespace
}  // namespace rbee::engine
