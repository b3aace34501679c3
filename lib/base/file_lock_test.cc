#include "base/file_lock.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/child_process.h"
#include "base/environment.h"
#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "base/timestamp.h"

namespace rbee {
namespace {

using namespace std::chrono_literals;

class FileLockTest : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  std::string refusal() {
    try {
      const FileLock lock(path_, 30ms, clock_);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
      return error.what();
    }
    return "";
  }
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("rbee_lock_" + std::to_string(own_pid()) + ".lock");
  SystemClock clock_;
};

TEST_F(FileLockTest, the_second_waits_and_is_told_who_holds_it) {
  const FileLock lock(path_, 0ms, clock_);
  EXPECT_TRUE(lock.still_holds());
  const std::string expected = path_.string() + ": locked by pid " + std::to_string(own_pid()) + " since 20";
  EXPECT_EQ(refusal().substr(0, expected.size()), expected);
}

TEST_F(FileLockTest, it_is_free_after_release) {
  { const FileLock lock(path_, 0ms, clock_); }
  EXPECT_EQ(refusal(), "");
}

TEST_F(FileLockTest, a_killed_holder_lets_go) {
  { const FileLock lock(path_, 0ms, clock_); }
  // -F: flock(1) becomes the command, which then holds the lock.
  const ProcessIdentity holder = start_process({"/usr/bin/flock", {"-F", path_.string(), "sleep", "60"}});
  while (refusal().empty()) {
  }
  signal_process(holder, SIGKILL);
  wait_child(holder.pid);
  EXPECT_EQ(refusal(), "");
}

TEST_F(FileLockTest, a_removed_lock_file_is_noticed) {
  const FileLock lock(path_, 0ms, clock_);
  std::filesystem::remove(path_);
  EXPECT_FALSE(lock.still_holds());
}

TEST(TimestampTest, is_written_and_read) {
  const WallTime time{std::chrono::seconds(1795374942)};
  EXPECT_EQ(timestamp(time), "2026-11-22T19:15:42Z");
  EXPECT_EQ(parse_timestamp("2026-11-22T19:15:42Z"), time);
  EXPECT_EQ(parse_timestamp("2024-02-29T00:00:00Z").has_value(), true);
  for (const char* bad :
       {"", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22 19:15:42Z", "2026-11-22T19:15:42"}) {
    EXPECT_FALSE(parse_timestamp(bad).has_value()) << bad;
  }
}

TEST(EnvironmentTest, gives_what_is_set_and_only_what_is_asked_for) {
  const Environment environment({{"HF_TOKEN", "secret"}, {"PATH", "/bin"}, {"EMPTY", ""}});
  EXPECT_EQ(environment.get("PATH"), "/bin");
  EXPECT_EQ(environment.get("EMPTY"), std::nullopt);
  EXPECT_EQ(environment.only({"PATH", "HOME"}), std::vector<std::string>{"PATH=/bin"});
  EXPECT_TRUE(Environment::of_process().get("PATH").has_value());
}

TEST(RandomTest, hex_digits_differ) {
  EXPECT_EQ(random_hex(16).size(), 32u);
  EXPECT_NE(random_hex(16), random_hex(16));
}

}  // namespace
}  // namespace rbee
