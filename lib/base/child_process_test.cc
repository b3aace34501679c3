#include "base/child_process.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/file_descriptor.h"

namespace rbee {
namespace {

using namespace std::chrono_literals;

class ChildProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    output_ = std::filesystem::temp_directory_path() / ("rbee_child_" + std::to_string(own_pid()));
    fd_ = FileDescriptor(::open(output_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  }
  void TearDown() override { std::filesystem::remove(output_); }
  std::string run(const std::string& program, std::vector<std::string> arguments,
                  std::vector<std::string> environment = {}) {
    const ProcessIdentity child =
        start_process({program, std::move(arguments), std::move(environment), -1, fd_.get(), fd_.get()});
    status_ = wait_child(child.pid);
    return read_file(output_, 1 << 20);
  }
  std::filesystem::path output_;
  FileDescriptor fd_;
  ExitStatus status_;
};

TEST_F(ChildProcessTest, arguments_arrive_as_they_are) {
  EXPECT_EQ(run("/usr/bin/printf", {"[%s]", "a b", "$(id)", "; rm", "line\nline", ""}),
            "[a b][$(id)][; rm][line\nline][]");
  EXPECT_TRUE(status_.success());
}

TEST_F(ChildProcessTest, only_the_named_environment_is_seen) {
  EXPECT_EQ(run("/usr/bin/env", {}, {"A=1"}), "A=1\n");
}

TEST_F(ChildProcessTest, descriptors_of_the_parent_are_closed_even_without_cloexec) {
  const FileDescriptor leaked(::open("/dev/null", O_RDONLY));
  const std::string listing = run("/bin/ls", {"/proc/self/fd"});
  EXPECT_EQ(listing, "0\n1\n2\n3\n");  // 3 is the folder that ls itself reads
}

TEST_F(ChildProcessTest, the_end_is_told_in_words) {
  run("/bin/false", {});
  EXPECT_EQ(status_.text(), "exit code 1");
  const ProcessIdentity child = start_process({"/bin/sleep", {"60"}});
  EXPECT_FALSE(poll_child(child.pid).has_value());
  EXPECT_TRUE(signal_process(child, SIGKILL));
  EXPECT_EQ(wait_child(child.pid).text(), "signal 9 (Killed)");
}

TEST_F(ChildProcessTest, a_missing_program_and_a_nul_byte_are_errors) {
  EXPECT_THROW(start_process({"/nowhere/program"}), Error);
  EXPECT_THROW(start_process({"/bin/true", {std::string("a\0b", 3)}}), Error);
}

TEST_F(ChildProcessTest, a_program_runs_in_the_folder_that_is_named) {
  const ProcessIdentity child =
      start_process({"/bin/pwd", {}, {}, -1, fd_.get(), -1, ProcessSpec::Session::kSame, "/usr"});
  EXPECT_TRUE(wait_child(child.pid).success());
  EXPECT_EQ(read_file(output_, 100), "/usr\n");
  EXPECT_THROW(start_process({"/bin/pwd", {}, {}, -1, -1, -1, ProcessSpec::Session::kSame, "/nowhere"}), Error);
}

TEST_F(ChildProcessTest, a_new_session_has_its_own_group) {
  const ProcessIdentity child = start_process({"/bin/sleep", {"60"}, {}, -1, -1, -1, ProcessSpec::Session::kNew});
  EXPECT_EQ(::getsid(child.pid), child.pid);
  signal_process(child, SIGKILL);
  wait_child(child.pid);
}

TEST_F(ChildProcessTest, a_zombie_and_a_reused_pid_are_not_alive) {
  const ProcessIdentity child = start_process({"/bin/sleep", {"60"}});
  EXPECT_TRUE(is_alive(child));
  EXPECT_TRUE(process_age(child).has_value());
  EXPECT_GT(process_memory_of(child.pid).resident_bytes, 0u);

  ProcessIdentity other = child;
  other.start_time += 1;  // the same pid, another process
  EXPECT_FALSE(is_alive(other));
  EXPECT_FALSE(signal_process(other, SIGKILL));
  other = child;
  other.boot_id = "an earlier boot";
  EXPECT_FALSE(is_alive(other));

  EXPECT_FALSE(wait_until_gone(child, 20ms));
  signal_process(child, SIGKILL);
  EXPECT_TRUE(wait_until_gone(child, 5s));  // not yet waited for: a zombie
  EXPECT_FALSE(is_alive(child));
  wait_child(child.pid);
  EXPECT_FALSE(signal_process(child, SIGTERM));
}

}  // namespace
}  // namespace rbee
