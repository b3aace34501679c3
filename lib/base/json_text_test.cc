#include "base/json_text.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace rbee {
namespace {

TEST(JsonTextTest, is_indented_and_reads_back) {
  const auto value = parse_json(R"({"a":[1,2.5,-3e300,null],"b":{},"c":"x\"\n","d":2.0})", "test");
  const std::string text = json_text(value);
  EXPECT_EQ(text,
            "{\n  \"a\": [\n    1,\n    2.5,\n    -3e+300,\n    null\n  ],\n  \"b\": {},\n"
            "  \"c\": \"x\\\"\\n\",\n  \"d\": 2.0\n}\n");
  EXPECT_EQ(parse_json(text, "test"), value);
  EXPECT_EQ(json_line(value), R"({"a":[1,2.5,-3e+300,null],"b":{},"c":"x\"\n","d":2.0})");
}

}  // namespace
}  // namespace rbee
