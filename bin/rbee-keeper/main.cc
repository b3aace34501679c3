// rbee: pools of models and workers, from where the operator sits.

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
#include "passthrough.h"

namespace rbee::keeper {
namespace {

// The failure as a document for programs, and as a line for people.
int report(Terminal& terminal, std::string_view code, std::string_view message, int exit_code) {
  terminal.document({{"error", {{"code", code}, {"message", message}}}});
  terminal.note(fmt::format("rbee: {}", message));
  return exit_code;
}

bool asks_for_json(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return false;
    if (argument == "--json") return true;
  }
  return false;
}

// Runs the command, or says why not.
int run_command(const Invocation& invocation, const Environment& environment, Terminal& terminal) {
  try {
    Keeper keeper(invocation.flags, environment, terminal);
    return invocation.command(keeper);
  } catch (const Error& error) {
    return report(terminal, error_code(error.kind()), error.what(), exit_code(error.kind()));
  } catch (const std::exception& error) {
    return report(terminal, "io", error.what(), kFailed);
  }
}

int run(const std::vector<std::string>& arguments) {
  const Environment environment = Environment::of_process();
  Terminal terminal(asks_for_json(arguments) ? Terminal::Mode::kJson : Terminal::Mode::kText, environment);
  Invocation invocation;
  try {
    if (const auto passthrough = parse_passthrough(arguments)) {
      invocation.command = [&](Keeper& keeper) { return run_passthrough(keeper, *passthrough); };
      return run_command(invocation, environment, terminal);
    }
  } catch (const Error& error) {
    return report(terminal, "usage", error.what(), kUsage);
  }
  CLI::App app;
  app.name("rbee");
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
  return run_command(invocation, environment, terminal);
}

}  // namespace
}  // namespace rbee::keeper

int main(int argc, char** argv) {
  return rbee::keeper::run(std::vector<std::string>(argv + 1, argv + argc));
}
