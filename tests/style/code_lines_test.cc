#include "style/code_lines.h"

#include <gtest/gtest.h>

namespace rbee::style {
namespace {

TEST(CodeLines, comments_and_literals_are_blank_and_columns_stay) {
  const auto code = code_lines({R"x(call("fork()", 'x'); // getenv)x", "a /* one", "two */ b", R"(s = "\"new\"";)"});
  EXPECT_EQ(code[0].find("fork"), std::string::npos);
  EXPECT_EQ(code[0].find("getenv"), std::string::npos);
  EXPECT_EQ(code[0].find(';'), 19U);
  EXPECT_EQ(code[1], "a       ");
  EXPECT_EQ(code[2], "       b");
  EXPECT_EQ(code[3].find("new"), std::string::npos);
}

TEST(CodeLines, a_raw_string_may_span_lines) {
  const auto code = code_lines({"auto s = R\"x(one \"quote\"", "fork() )x\"; call();"});
  EXPECT_EQ(code[1].find("fork"), std::string::npos);
  EXPECT_NE(code[1].find("call"), std::string::npos);
}

TEST(CodeLines, a_digit_separator_is_no_literal) {
  EXPECT_NE(code_lines({"n = 1'000; fork();"})[0].find("fork"), std::string::npos);
}

TEST(CodeLines, words_are_whole_identifiers) {
  EXPECT_EQ(find_word("renew(newest)", "new"), std::string_view::npos);
  EXPECT_EQ(find_word("x = new Thing", "new"), 4U);
  EXPECT_EQ(find_word("std::regex_error", "std::regex"), std::string_view::npos);
}

}  // namespace
}  // namespace rbee::style
