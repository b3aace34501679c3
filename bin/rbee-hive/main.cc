// rbee-hive: the models and workers of this machine.

#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "command_line.h"
#include "console/program.h"

namespace rbee::hive {
namespace {

int run(const std::vector<std::string>& arguments) {
  const Environment environment = Environment::of_process();
  Terminal terminal(console::asks_for_json(arguments) ? Terminal::Mode::kJson : Terminal::Mode::kText, environment);
  CLI::App app;
  app.name("rbee-hive");
  console::Program program(app.get_name(), terminal);
  Invocation invocation;
  build_command_line(app, invocation);
  try {
    if (const std::optional<int> refused = program.parse(app, arguments, value_flags())) return *refused;
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  }
  return program.run([&] {
    Hive hive(invocation.flags, environment, terminal);
    return invocation.command(hive);
  });
}

}  // namespace
}  // namespace rbee::hive

int main(int argc, char** argv) {
  return rbee::hive::run(std::vector<std::string>(argv + 1, argv + argc));
}
