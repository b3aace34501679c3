// rbee: pools of models and workers, from where the operator sits.

#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/error.h"
#include "command_line.h"
#include "console/program.h"
#include "passthrough.h"

namespace rbee::keeper {
namespace {

int run(const std::vector<std::string>& arguments) {
  const Environment environment = Environment::of_process();
  Terminal terminal(console::asks_for_json(arguments) ? Terminal::Mode::kJson : Terminal::Mode::kText, environment);
  CLI::App app;
  app.name("rbee");
  console::Program program(app.get_name(), terminal);
  Invocation invocation;
  const auto run_command = [&] {
    Keeper keeper(invocation.flags, environment, terminal);
    return invocation.command(keeper);
  };
  try {
    if (const auto passthrough = parse_passthrough(arguments)) {
      invocation.command = [&](Keeper& keeper) { return run_passthrough(keeper, *passthrough); };
      return program.run(run_command);
    }
  } catch (const Error& error) {
    return program.refuse(error.what());
  }
  build_command_line(app, invocation);
  try {
    if (const std::optional<int> refused = program.parse(app, arguments, value_flags())) return *refused;
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  }
  return program.run(run_command);
}

}  // namespace
}  // namespace rbee::keeper

int main(int argc, char** argv) {
  return rbee::keeper::run(std::vector<std::string>(argv + 1, argv + argc));
}
