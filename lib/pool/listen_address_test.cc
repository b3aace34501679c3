#include "pool/listen_address.h"

#include <gtest/gtest.h>

namespace rbee::pool {
namespace {

std::string address(const char* ssh_connection, WorkerAccess access = WorkerAccess::kOpen, PoolConfig config = {}) {
  Environment environment;
  environment.set("SSH_CONNECTION", ssh_connection);
  return default_listen_address(config, environment, access);
}

TEST(ListenAddressTest, a_worker_is_found_where_the_operator_came_in) {
  EXPECT_EQ(address("127.0.0.1 50022 127.0.0.2 22"), "127.0.0.2");
  EXPECT_EQ(address("192.168.1.4 50022 192.168.1.9 22", WorkerAccess::kKeyOrDeclaredOpen), "192.168.1.9");
}

TEST(ListenAddressTest, nothing_but_loopback_is_opened_without_a_word_about_access) {
  EXPECT_EQ(address("192.168.1.4 50022 192.168.1.9 22"), "127.0.0.1");
}

TEST(ListenAddressTest, no_ssh_or_an_odd_one_means_loopback) {
  for (const char* odd : {"", "x", "a b c d", "::1 5 ::1 22", "127.0.0.1 50022 127.0.0.2;id 22"}) {
    EXPECT_EQ(address(odd, WorkerAccess::kKeyOrDeclaredOpen), "127.0.0.1") << odd;
  }
}

TEST(ListenAddressTest, the_configuration_wins) {
  EXPECT_EQ(address("127.0.0.1 50022 127.0.0.2 22", WorkerAccess::kOpen, {.worker_host = "127.0.0.9"}), "127.0.0.9");
}

}  // namespace
}  // namespace rbee::pool
