#include "pool/ssh/ssh_arguments.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace rbee::pool {
namespace {

SshRoute route(std::string_view target) {
  return {parse_ssh_target(target), {}, {}, "/run/rbee"};
}

bool has(const std::vector<std::string>& arguments, const std::string& text) {
  return std::find(arguments.begin(), arguments.end(), text) != arguments.end();
}

TEST(SshArgumentsTest, the_target_and_the_line_come_last_after_a_double_dash) {
  const std::vector<std::string> arguments = ssh_arguments(route("me@ws"), "/tmp/log", "the line");
  ASSERT_GE(arguments.size(), 3u);
  EXPECT_EQ(std::vector<std::string>(arguments.end() - 3, arguments.end()),
            (std::vector<std::string>{"--", "me@ws", "the line"}));
}

TEST(SshArgumentsTest, ssh_never_asks_and_gives_up_on_the_dead) {
  const std::vector<std::string> arguments = ssh_arguments(route("ws"), "/tmp/log", "x");
  EXPECT_TRUE(has(arguments, "BatchMode=yes"));
  EXPECT_TRUE(has(arguments, "ConnectTimeout=10"));
  EXPECT_TRUE(has(arguments, "ServerAliveInterval=10"));
  EXPECT_FALSE(has(arguments, "-F"));
  EXPECT_FALSE(has(arguments, "-p"));
}

TEST(SshArgumentsTest, one_connection_is_shared) {
  EXPECT_TRUE(has(ssh_arguments(route("ws"), "/l", "x"), "ControlPath=\"/run/rbee/%C\""));
  SshRoute own = route("ws");
  own.control_folder.clear();
  EXPECT_TRUE(has(ssh_arguments(own, "/l", "x"), "ControlPath=none"));
  own.control_folder = "/" + std::string(80, 'x');  // too long for a socket's path
  EXPECT_FALSE(fits_control_socket(own.control_folder));
  EXPECT_TRUE(has(ssh_arguments(own, "/l", "x"), "ControlPath=none"));
}

TEST(SshArgumentsTest, port_configuration_and_forwarding_are_passed) {
  SshRoute full = route("ws");
  full.port = 2222;
  full.config = "/etc/x y";
  const std::vector<std::string> arguments = ssh_arguments(full, "/l", "x", SshForward{40000, "::1", 8000});
  EXPECT_TRUE(has(arguments, "2222"));
  EXPECT_TRUE(has(arguments, "/etc/x y"));
  EXPECT_TRUE(has(arguments, "127.0.0.1:40000:[::1]:8000"));
  EXPECT_TRUE(has(arguments, "ExitOnForwardFailure=yes"));
}

}  // namespace
}  // namespace rbee::pool
