#pragma once
// A command-line program between its arguments and its exit code.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/terminal.h"

namespace CLI {
class App;
}

namespace rbee::console {

/// True when --json is among the arguments, before any "--".
bool asks_for_json(const std::vector<std::string>& arguments);

/// Tells what goes wrong as a document {"error": {"code", "message"}} for programs, and as a line "<name>: <message>"
/// for people. Exit codes are those of base/error.h. One thread; the terminal outlives it.
class Program {
 public:
  Program(std::string name, Terminal& terminal) : name_(std::move(name)), terminal_(terminal) {}

  /// Tells that the arguments are wrong; returns the exit code.
  int refuse(std::string_view message);
  /// Parses the arguments with `app`, which has the program's commands. Returns the exit code when they are wrong.
  /// Throws CLI::Success when they ask for help or the version, which is for main to print. `value_flags` as
  /// unknown_command() takes them.
  std::optional<int> parse(CLI::App& app, const std::vector<std::string>& arguments,
                           const std::vector<std::string>& value_flags);
  /// Runs the command and returns its exit code, or tells of the exception that it throws.
  int run(const std::function<int()>& command);

 private:
  int report(std::string_view code, std::string_view message, int exit_code);

  const std::string name_;
  Terminal& terminal_;
};

}  // namespace rbee::console
