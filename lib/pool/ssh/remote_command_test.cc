#include "pool/ssh/remote_command.h"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/streamed_process.h"

namespace rbee::pool {
namespace {

// The login shell of a remote user, as sshd starts it.
struct LoginShell {
  std::string program;
  std::string out, err;
  std::string end_after;  // standard input ends once the output holds this; empty: it stays open

  int run(const RemoteCommand& command) {
    out.clear();
    err.clear();
    StreamedRun streams;
    streams.on_output = [this](std::string_view piece) { out.append(piece); };
    streams.on_errors = [this](std::string_view piece) { err.append(piece); };
    streams.ends_now = [this] { return !end_after.empty() && out.find(end_after) != std::string::npos; };
    streams.end_by = StreamedRun::EndBy::kClosingInput;
    streams.grace = std::chrono::seconds(30);
    const ExitStatus status = run_streamed(
        {program, {"-c", remote_command_line(command)}, {"PATH=/usr/bin:/bin", "HOME=" + home.string()}}, streams);
    return status.signal != 0 ? 128 + status.signal : status.code;
  }
  std::filesystem::path home = std::filesystem::temp_directory_path();
};

class RemoteCommandTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { shell_.program = GetParam(); }
  LoginShell shell_;
};

// Those of the usual login shells that this machine has; sh is always there.
std::vector<std::string> login_shells() {
  std::vector<std::string> shells = {"/bin/sh"};
  for (const char* shell : {"/bin/bash", "/usr/bin/zsh", "/usr/bin/fish", "/usr/bin/tcsh"}) {
    if (std::filesystem::exists(shell)) shells.emplace_back(shell);
  }
  return shells;
}
INSTANTIATE_TEST_SUITE_P(LoginShells, RemoteCommandTest, testing::ValuesIn(login_shells()));

TEST_P(RemoteCommandTest, arguments_arrive_byte_for_byte) {
  std::string every_byte;
  for (int byte = 1; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const std::vector<std::string> arguments = {"plain",
                                              "two words",
                                              "",
                                              "it's",
                                              "\"quoted\"",
                                              "$HOME `id` $(id)",
                                              "a\nb\n\n",
                                              "\\",
                                              "\\\\ \\' \\n \\0",
                                              "!history",
                                              "a;b|c&d",
                                              "*",
                                              "~",
                                              "--",
                                              "-n",
                                              "\xc3\xa4\xe2\x82\xac",
                                              "%s%%",
                                              every_byte};
  EXPECT_EQ(shell_.run({{"printf"},
                        [&] {
                          std::vector<std::string> all = {"[%s]"};
                          all.insert(all.end(), arguments.begin(), arguments.end());
                          return all;
                        }()}),
            0)
      << shell_.err;
  std::string expected;
  for (const std::string& argument : arguments) expected += "[" + argument + "]";
  EXPECT_EQ(shell_.out, expected);
  EXPECT_EQ(shell_.err, "");
}

TEST_P(RemoteCommandTest, outputs_stay_apart_and_the_exit_code_is_the_commands) {
  EXPECT_EQ(shell_.run({{"sh"}, {"-c", "echo out; echo err >&2; exit 3"}}), 3);
  EXPECT_EQ(shell_.out, "out\n");
  EXPECT_EQ(shell_.err, "err\n");
}

TEST_P(RemoteCommandTest, the_first_program_that_is_there_runs) {
  EXPECT_EQ(shell_.run({{"/nowhere/printf", "no-such-program-here", "printf", "false"}, {"%s", "ran"}}), 0);
  EXPECT_EQ(shell_.out, "ran");
}

TEST_P(RemoteCommandTest, a_missing_program_is_said) {
  EXPECT_EQ(shell_.run({{"/nowhere/x", "no-such-program-here"}, {"x"}}), kNoProgramExit);
  EXPECT_NE(shell_.err.find(kNoProgram), std::string::npos) << shell_.err;
}

TEST_P(RemoteCommandTest, home_and_folder_are_the_remote_sides) {
  const std::filesystem::path home = std::filesystem::temp_directory_path() / "rbee remote 'home'";
  std::filesystem::create_directories(home / "in side");
  shell_.home = home;
  EXPECT_EQ(shell_.run({{"pwd"}, {}, "~/in side"}), 0);
  EXPECT_EQ(shell_.out, (home / "in side").string() + "\n");
  EXPECT_EQ(shell_.run({{"pwd"}, {}, "/nowhere at all"}), 1);
  std::filesystem::remove_all(home);
}

TEST_P(RemoteCommandTest, the_end_of_the_input_ends_the_command) {
  shell_.end_after = "up";
  EXPECT_NE(shell_.run({{"sh"}, {"-c", "echo up; sleep 600 & sleep 600"}}), 0);
}

TEST_P(RemoteCommandTest, the_command_has_no_input) {
  EXPECT_EQ(shell_.run({{"cat"}, {}}), 0);
}

TEST(RemoteCommandLineTest, a_nul_byte_and_too_much_are_refused) {
  EXPECT_THROW(remote_command_line({{"x"}, {std::string("a\0b", 3)}}), Error);
  EXPECT_THROW(remote_command_line({{"x"}, {std::string(200'000, 'a')}}), Error);
}

TEST(RemoteCommandLineTest, the_line_has_printable_ascii_only) {
  const std::string line = remote_command_line({{"x"}, {"a\nb", "it's", "\xff", "!"}});
  EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < 127; })) << line;
}

}  // namespace
}  // namespace rbee::pool
