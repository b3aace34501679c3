#include "console/program.h"

#include <stdexcept>

#include <gtest/gtest.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "base/json_text.h"

namespace rbee::console {
namespace {

using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

struct Told {
  int code;
  std::string out, err;
};

/// What a program says of the arguments and then, where they are right, of its command.
Told run_program(const std::vector<std::string>& arguments, const std::function<int()>& command) {
  const Environment environment;
  Terminal terminal(asks_for_json(arguments) ? Terminal::Mode::kJson : Terminal::Mode::kText, environment);
  CLI::App app;
  app.name("bee");
  app.add_flag("--json");
  app.fallthrough();
  app.add_subcommand("fly", "Take off");
  Program program("bee", terminal);
  CaptureStdout();
  CaptureStderr();
  const std::optional<int> refused = program.parse(app, arguments, {});
  const int code = refused ? *refused : program.run(command);
  return {code, GetCapturedStdout(), GetCapturedStderr()};
}

TEST(ProgramTest, json_is_asked_for_before_the_arguments_end) {
  EXPECT_TRUE(asks_for_json({"fly", "--json"}));
  EXPECT_FALSE(asks_for_json({"fly", "--", "--json"}));
  EXPECT_FALSE(asks_for_json({}));
}

TEST(ProgramTest, a_command_that_ends_has_its_own_exit_code_and_words) {
  const Told told = run_program({"fly"}, [] { return 3; });
  EXPECT_EQ(told.code, 3);
  EXPECT_EQ(told.out + told.err, "");
}

TEST(ProgramTest, a_failure_is_a_line_for_people_and_a_document_for_programs) {
  const auto fails = []() -> int { fail(ErrorKind::kExhausted, "no nectar"); };
  const Told told = run_program({"fly"}, fails);
  EXPECT_EQ(told.code, 1);
  EXPECT_EQ(told.out, "");
  EXPECT_EQ(told.err, "bee: no nectar\n");
  EXPECT_EQ(run_program({"fly", "--json"}, fails).out,
            json_text({{"error", {{"code", "exhausted"}, {"message", "no nectar"}}}}));
  EXPECT_EQ(run_program({"fly"}, []() -> int { fail(ErrorKind::kBadRequest, "no wings"); }).code, 2);
  const Told other = run_program({"fly", "--json"}, []() -> int { throw std::runtime_error("rain"); });
  EXPECT_EQ(other.code, 1);
  EXPECT_EQ(other.out, json_text({{"error", {{"code", "io"}, {"message", "rain"}}}}));
}

TEST(ProgramTest, wrong_arguments_run_nothing) {
  const auto command = []() -> int { throw std::runtime_error("it ran"); };
  const Told unknown = run_program({"flee"}, command);
  EXPECT_EQ(unknown.code, 2);
  EXPECT_EQ(unknown.err.find("bee: 'flee' is no command of 'bee'"), 0U) << unknown.err;
  const Told flag = run_program({"fly", "--high"}, command);
  EXPECT_EQ(flag.code, 2);
  EXPECT_NE(flag.err.find("--high"), std::string::npos) << flag.err;
  EXPECT_NE(flag.err.find("--help"), std::string::npos) << flag.err;
}

TEST(ProgramTest, help_is_for_main_to_print) {
  const Environment environment;
  Terminal terminal(Terminal::Mode::kText, environment);
  CLI::App app;
  EXPECT_THROW(Program("bee", terminal).parse(app, {"--help"}, {}), CLI::Success);
}

}  // namespace
}  // namespace rbee::console
