// rbee-hive: the models and workers of this machine.

#include <exception>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "command_line.h"
#include "console/unknown_command.h"

namespace rbee::hive {
namespace {

// The failure as a document for programs, and as a line for people.
int report(Terminal& terminal, std::string_view code, std::string_view message, int exit_code) {
  terminal.document({{"error", {{"code", code}, {"message", message}}}});
  terminal.note(fmt::format("rbee-hive: {}", message));
  return exit_code;
}

bool asks_for_json(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return false;
    if (argument == "--json") return true;
  }
  return false;
}

int run(const std::vector<std::string>& arguments) {
  const Environment environment = Environment::of_process();
  Terminal terminal(asks_for_json(arguments) ? Terminal::Mode::kJson : Terminal::Mode::kText, environment);
  CLI::App app;
  app.name("rbee-hive");
  Invocation invocation;
  build_command_line(app, invocation);
  if (const std::string message = console::unknown_command(app, arguments, value_flags()); !message.empty()) {
    return report(terminal, "usage", message, kUsage);
  }
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    return report(terminal, "usage",
                  fmt::format("{}\nRun with --help for the command's flags and examples.", error.what()), kUsage);
  }
  try {
    Hive hive(invocation.flags, environment, terminal);
    return invocation.command(hive);
  } catch (const Error& error) {
    return report(terminal, error_code(error.kind()), error.what(), exit_code(error.kind()));
  } catch (const std::exception& error) {
    return report(terminal, "io", error.what(), kFailed);
  }
}

}  // namespace
}  // namespace rbee::hive

int main(int argc, char** argv) {
  return rbee::hive::run(std::vector<std::string>(argv + 1, argv + argc));
}
