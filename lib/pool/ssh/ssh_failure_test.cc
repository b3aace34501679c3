#include "pool/ssh/ssh_failure.h"

#include <gtest/gtest.h>

namespace rbee::pool {
namespace {

SshFailure explain(std::string_view log) {
  return explain_ssh_failure(log, "mac", "me@mac.home");
}

// The texts are those of OpenSSH 9.2.
TEST(SshFailureTest, each_reason_is_told_apart) {
  using Kind = SshFailureKind;
  EXPECT_EQ(explain("ssh: Could not resolve hostname mac.home: Name or service not known\r\n").kind,
            Kind::kUnknownHost);
  EXPECT_EQ(explain("ssh: connect to host 127.0.0.9 port 22: Connection refused\r\n").kind, Kind::kRefused);
  EXPECT_EQ(explain("ssh: connect to host 10.9.9.9 port 22: Connection timed out\r\n").kind, Kind::kTimeout);
  EXPECT_EQ(explain("Connection timed out during banner exchange\r\n").kind, Kind::kTimeout);
  EXPECT_EQ(explain("Timeout, server mac.home not responding.\r\n").kind, Kind::kTimeout);
  EXPECT_EQ(explain("ssh: connect to host 10.9.9.9 port 22: No route to host\r\n").kind, Kind::kUnreachable);
  EXPECT_EQ(explain("me@mac.home: Permission denied (publickey,password).\r\n").kind, Kind::kNotAccepted);
  EXPECT_EQ(explain("No ED25519 host key is known for mac.home and you have requested strict checking.\r\n"
                    "Host key verification failed.\r\n")
                .kind,
            Kind::kHostKeyUnknown);
  EXPECT_EQ(
      explain("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nHost key verification failed.\r\n").kind,
      Kind::kHostKeyChanged);
  EXPECT_EQ(explain("/x/config: line 1: Bad configuration option: foo\r\n").kind, Kind::kConfig);
  EXPECT_EQ(explain("kex_exchange_identification: Connection closed by remote host\r\n").kind, Kind::kBroken);
  EXPECT_EQ(explain("something new\n").kind, Kind::kOther);
}

TEST(SshFailureTest, the_message_names_the_pool_and_says_what_to_do) {
  EXPECT_EQ(
      explain("me@mac.home: Permission denied (publickey,password).\r\n").message,
      "pool 'mac': me@mac.home accepted no key of yours and asks for a password, which rbee never types: copy one "
      "there with 'ssh-copy-id me@mac.home', or load it with ssh-add");
  EXPECT_EQ(explain("first\nsomething \x1b[31mnew\r\n").message,
            "pool 'mac': ssh to me@mac.home failed: something \\x1b[31mnew");
  EXPECT_EQ(explain("").message, "pool 'mac': ssh to me@mac.home failed without a word");
}

}  // namespace
}  // namespace rbee::pool
