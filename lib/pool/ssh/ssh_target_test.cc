#include "pool/ssh/ssh_target.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::pool {
namespace {

std::string refusal(std::string_view text) {
  try {
    parse_ssh_target(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadRequest);
    return error.what();
  }
  return "";
}

TEST(SshTargetTest, names_addresses_and_users_are_taken) {
  EXPECT_EQ(parse_ssh_target("ws.home.arpa").host(), "ws.home.arpa");
  EXPECT_EQ(parse_ssh_target("me@ws").user(), "me");
  EXPECT_EQ(parse_ssh_target("me@ws").text(), "me@ws");
  EXPECT_EQ(parse_ssh_target("fe80::1").host(), "fe80::1");
  EXPECT_EQ(parse_ssh_target("127.0.0.2").text(), "127.0.0.2");
  EXPECT_EQ(parse_ssh_target("_gateway").text(), "_gateway");
}

TEST(SshTargetTest, options_are_no_hosts) {
  EXPECT_EQ(refusal("-oProxyCommand=id"), "'-oProxyCommand=id': a host name does not start with '-'");
  EXPECT_NE(refusal("me@-oProxyCommand=id"), "");
  EXPECT_NE(refusal("-lroot@host"), "");
  EXPECT_NE(refusal("--"), "");
}

TEST(SshTargetTest, odd_characters_are_named) {
  EXPECT_EQ(refusal("a b"), "'a b': a host name has letters, digits and :._- only, found ' '");
  for (const std::string_view odd : {"", "@", "me@", "@ws", "a@b@c", "ws;id", "ws`id`", "$(id)", "ws|x", "ws\n", "ws%h",
                                     "ws/x", "ssh://ws", "[::1]", "w\xc3\xa9s", "..", "a'b"}) {
    EXPECT_NE(refusal(odd), "") << odd;
  }
  EXPECT_NE(refusal(std::string_view("w\0s", 3)).find("\\x00"), std::string::npos);
}

TEST(SshTargetTest, length_is_bounded) {
  EXPECT_EQ(refusal(std::string(253, 'a')), "");
  EXPECT_NE(refusal(std::string(254, 'a')), "");
  EXPECT_NE(refusal(std::string(65, 'u') + "@ws"), "");
}

TEST(SshTargetTest, pool_names_hold_no_addresses) {
  EXPECT_EQ(check_pool_name("mac.home"), "mac.home");
  EXPECT_THROW(check_pool_name("me@mac"), Error);
  EXPECT_THROW(check_pool_name("-x"), Error);
}

}  // namespace
}  // namespace rbee::pool
