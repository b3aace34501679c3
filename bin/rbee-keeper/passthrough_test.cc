#include "passthrough.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::keeper {
namespace {

using Words = std::vector<std::string>;

TEST(PassthroughTest, the_host_may_stand_anywhere) {
  for (const Words& line :
       {Words{"pool", "models", "list", "--host", "ws"}, Words{"--host", "ws", "pool", "models", "list"},
        Words{"pool", "--host=ws", "models", "list"}, Words{"pool", "models", "--host", "ws", "list"}}) {
    const auto parsed = parse_passthrough(line);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->host, "ws");
    EXPECT_EQ(parsed->arguments, (Words{"models", "list"}));
  }
}

TEST(PassthroughTest, without_a_host_it_is_this_machine) {
  EXPECT_EQ(parse_passthrough({"pool", "status"})->host, "localhost");
}

TEST(PassthroughTest, everything_else_stays_as_it_is) {
  EXPECT_EQ(parse_passthrough({"pool", "models", "info", "--json", "", "--help", "--", "--host", "x"})->arguments,
            (Words{"models", "info", "--json", "", "--help", "--", "--host", "x"}));
  EXPECT_EQ(parse_passthrough({"--json", "pool", "worker", "list"})->arguments, (Words{"--json", "worker", "list"}));
}

TEST(PassthroughTest, other_commands_are_not_its_own) {
  EXPECT_FALSE(parse_passthrough({"pool", "list"}).has_value());
  EXPECT_FALSE(parse_passthrough({"pool"}).has_value());
  EXPECT_FALSE(parse_passthrough({"infer", "--host", "x", "pool", "models"}).has_value());
  EXPECT_FALSE(parse_passthrough({}).has_value());
}

TEST(PassthroughTest, a_host_without_a_name_or_given_twice_is_refused) {
  EXPECT_THROW(parse_passthrough({"pool", "status", "--host"}), Error);
  EXPECT_THROW(parse_passthrough({"pool", "status", "--host="}), Error);
  EXPECT_THROW(parse_passthrough({"pool", "status", "--host", "a", "--host", "b"}), Error);
}

}  // namespace
}  // namespace rbee::keeper
