#include "base/json.h"

#include <gtest/gtest.h>

namespace rbee {
namespace {

std::string error_of(std::string_view text) {
  try {
    parse_json(text, "config.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(JsonTest, nesting_is_bounded_at_any_size) {
  EXPECT_EQ(error_of(std::string(32, '[') + std::string(32, ']')), "");
  EXPECT_EQ(error_of(std::string(33, '[')), "config.json: JSON nested deeper than 32 at byte 33");
  EXPECT_NE(error_of(std::string(10'000'000, '[')).find("nested deeper than 32"), std::string::npos);
  EXPECT_NE(error_of(std::string(10'000, '{')), "");
}

TEST(JsonTest, duplicate_keys_are_named) {
  EXPECT_NE(error_of(R"({"a":1,"b":{"a":2},"a":3})").find("duplicate key 'a'"), std::string::npos);
  EXPECT_EQ(error_of(R"({"a":1,"b":{"a":2}})"), "");
  EXPECT_EQ(parse_json(R"({"a":1,"a":2})", "x", {.duplicates = JsonLimits::Duplicates::kLastWins}).at("a").as_int64(),
            2);
}

TEST(JsonTest, malformed_documents_are_refused) {
  for (const std::string_view bad : {"", "{", "[1,]", "{\"a\":1}x", "// c\n1", "\xEF\xBB\xBF{}", "\"\xC0\x80\"", "'a'",
                                     "01", "NaN", "[1 2]", "\"\\ud800\"", "\"\x01\""}) {
    EXPECT_NE(error_of(bad), "") << bad;
  }
  EXPECT_EQ(error_of(" {\"a\": [1, 2.5, -3, 18446744073709551615, null, true]} \n"), "");
}

TEST(JsonTest, integers_stay_exact) {
  const auto value = parse_json("[9223372036854775807, 18446744073709551615, 1.0]", "x");
  EXPECT_EQ(value.at(0).as_int64(), INT64_MAX);
  EXPECT_EQ(value.at(1).as_uint64(), UINT64_MAX);
  EXPECT_TRUE(value.at(2).is_double());
}

TEST(JsonTest, numbers_are_rounded_correctly) {
  const auto value =
      parse_json("[544444444000000000000000000000000000000000000584467151640971035, 0.1, 1e-400, -2.5e3]", "x");
  EXPECT_EQ(value.at(0).as_double(), 544444444000000000000000000000000000000000000584467151640971035.0);
  EXPECT_EQ(value.at(1).as_double(), 0.1);
  EXPECT_EQ(value.at(2).as_double(), 0.0);
  EXPECT_EQ(value.at(3).as_double(), -2500.0);
  EXPECT_NE(error_of("1e999"), "");
  EXPECT_NE(error_of("[-1e400]"), "");
}

}  // namespace
}  // namespace rbee
