#include "console/unknown_command.h"

#include <algorithm>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/near_match.h"
#include "base/printable.h"

namespace rbee::console {
namespace {

const CLI::App* find_command(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

}  // namespace

std::string unknown_command(const CLI::App& app, const std::vector<std::string>& arguments,
                            const std::vector<std::string>& value_flags) {
  const CLI::App* at = &app;
  std::string path = app.get_name();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    std::vector<std::string> commands;
    for (const CLI::App* command : at->get_subcommands([](const CLI::App*) { return true; })) {
      commands.push_back(command->get_name());
    }
    if (commands.empty() || argument == "--help" || argument == "-h" || argument == "--version") return "";
    if (argument.starts_with('-')) {
      const CLI::Option* option = at->get_option_no_throw(argument);
      const bool anywhere = std::find(value_flags.begin(), value_flags.end(), argument) != value_flags.end();
      if (anywhere || (option != nullptr && option->get_items_expected_max() > 0)) ++i;  // its value
      continue;
    }
    const CLI::App* next = find_command(*at, argument);
    if (next == nullptr) {
      std::string list;
      for (const std::string& command : commands) list += (list.empty() ? "" : ", ") + command;
      return fmt::format("'{}' is no command of '{}'{}\nCommands: {}", printable(argument, 60), path,
                         suggestion(argument, commands), list);
    }
    at = next;
    path += " " + argument;
  }
  return "";
}

}  // namespace rbee::console
