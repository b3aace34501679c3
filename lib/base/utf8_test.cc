#include "base/utf8.h"

#include <gtest/gtest.h>

namespace rbee {
namespace {

TEST(Utf8Test, every_scalar_value_round_trips) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, c);
    const DecodedCodepoint decoded = decode_utf8(text);
    ASSERT_EQ(decoded.codepoint, c);
    ASSERT_EQ(decoded.bytes, text.size());
  }
}

TEST(Utf8Test, malformed_sequences_are_found) {
  for (const std::string_view bad :
       {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5", "\xE2\x82", "\x80"}) {
    EXPECT_EQ(find_invalid_utf8(std::string("ok") + std::string(bad)), 2u);
    EXPECT_EQ(decode_utf8(bad).codepoint, kInvalidCodepoint);
  }
  EXPECT_EQ(find_invalid_utf8("h\xC3\xA9llo \xF0\x9F\x90\x9D"), std::string_view::npos);
}

TEST(Utf8Test, each_maximal_subpart_becomes_one_replacement) {
  EXPECT_EQ(replace_invalid_utf8("a\xE2\x82z"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(replace_invalid_utf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(replace_invalid_utf8("\xF0\x9F\x90"), "\xEF\xBF\xBD");
}

TEST(Utf8Test, incomplete_tails_are_counted) {
  EXPECT_EQ(incomplete_utf8_tail("a\xF0\x9F\x90"), 3u);
  EXPECT_EQ(incomplete_utf8_tail("a\xF0"), 1u);
  EXPECT_EQ(incomplete_utf8_tail("a\xC3\xA9"), 0u);
  EXPECT_EQ(incomplete_utf8_tail("a\xED\xA0"), 0u);  // a surrogate: never becomes a character
  EXPECT_EQ(incomplete_utf8_tail("\x80"), 0u);
  EXPECT_EQ(incomplete_utf8_tail(""), 0u);
}

}  // namespace
}  // namespace rbee
