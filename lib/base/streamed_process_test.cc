#include "base/streamed_process.h"

#include <csignal>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/interrupts.h"

namespace rbee {
namespace {

class StreamedProcessTest : public testing::Test {
 protected:
  ExitStatus run(const std::string& script, StreamedRun::EndBy end_by = StreamedRun::EndBy::kSignal) {
    StreamedRun streams;
    streams.on_output = [this](std::string_view piece) { out_.append(piece); };
    streams.on_errors = [this](std::string_view piece) { err_.append(piece); };
    streams.ends_now = [this] { return !end_after_.empty() && out_.find(end_after_) != std::string::npos; };
    streams.end_by = end_by;
    streams.grace = std::chrono::milliseconds(200);
    return run_streamed({"/bin/sh", {"-c", script}, {"PATH=/usr/bin:/bin"}}, streams);
  }
  std::string out_, err_, end_after_;
};

TEST_F(StreamedProcessTest, both_outputs_arrive_whole_and_apart) {
  const ExitStatus status = run("i=0; while [ $i -lt 3000 ]; do echo out$i; echo err$i >&2; i=$((i+1)); done; exit 7");
  EXPECT_EQ(status.code, 7);
  EXPECT_EQ(out_.find("err"), std::string::npos);
  EXPECT_TRUE(out_.starts_with("out0\n"));
  EXPECT_TRUE(out_.ends_with("out2999\n"));
  EXPECT_TRUE(err_.ends_with("err2999\n"));
}

TEST_F(StreamedProcessTest, much_on_one_output_does_not_block_the_other) {
  EXPECT_TRUE(run("head -c 3000000 /dev/zero >&2; echo end").success());
  EXPECT_EQ(err_.size(), 3'000'000u);
  EXPECT_EQ(out_, "end\n");
}

TEST_F(StreamedProcessTest, a_program_is_ended_with_all_that_it_started) {
  end_after_ = "up";
  EXPECT_EQ(run("sleep 600 & echo up; wait").signal, SIGTERM);
}

TEST_F(StreamedProcessTest, a_program_that_will_not_end_is_killed) {
  end_after_ = "up";
  EXPECT_EQ(run("trap '' TERM; echo up; while :; do sleep 1; done").signal, SIGKILL);
}

TEST_F(StreamedProcessTest, a_program_can_be_told_by_the_end_of_its_input) {
  end_after_ = "up";
  const ExitStatus status = run("echo up; read -r line; echo told; exit 3", StreamedRun::EndBy::kClosingInput);
  EXPECT_EQ(status.code, 3);
  EXPECT_EQ(out_, "up\ntold\n");
}

TEST_F(StreamedProcessTest, what_it_leaves_behind_is_not_waited_for) {
  end_after_ = "never";
  EXPECT_TRUE(run("sleep 600 & echo $!").success());
  ::kill(std::stoi(out_), SIGKILL);
}

TEST_F(StreamedProcessTest, a_sink_that_throws_ends_the_program) {
  StreamedRun streams;
  streams.on_output = [](std::string_view) { fail(ErrorKind::kIo, "full"); };
  EXPECT_THROW(run_streamed({"/bin/sh", {"-c", "echo x; exec sleep 600"}, {"PATH=/usr/bin:/bin"}}, streams), Error);
}

TEST(InterruptsTest, a_signal_waits_until_it_is_taken) {
  Interrupts interrupts;
  EXPECT_FALSE(interrupts.asked());
  EXPECT_EQ(interrupts.take(), 0);
  ::raise(SIGINT);
  EXPECT_TRUE(interrupts.asked());
  EXPECT_EQ(interrupts.take(), SIGINT);
  EXPECT_FALSE(interrupts.asked());
}

}  // namespace
}  // namespace rbee
