#include "console/program.h"

#include <exception>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/value.hpp>

#include "base/error.h"
#include "console/unknown_command.h"

namespace rbee::console {

bool asks_for_json(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return false;
    if (argument == "--json") return true;
  }
  return false;
}

int Program::refuse(std::string_view message) {
  return report("usage", message, exit_code(ErrorKind::kBadRequest));
}

std::optional<int> Program::parse(CLI::App& app, const std::vector<std::string>& arguments,
                                  const std::vector<std::string>& value_flags) {
  if (const std::string message = unknown_command(app, arguments, value_flags); !message.empty()) {
    return refuse(message);
  }
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success&) {
    throw;
  } catch (const CLI::ParseError& error) {
    return refuse(fmt::format("{}\nRun with --help for the command's flags and examples.", error.what()));
  }
  return std::nullopt;
}

int Program::run(const std::function<int()>& command) {
  try {
    return command();
  } catch (const Error& error) {
    return report(error_code(error.kind()), error.what(), exit_code(error.kind()));
  } catch (const std::exception& error) {
    return report(error_code(ErrorKind::kIo), error.what(), exit_code(ErrorKind::kIo));
  }
}

int Program::report(std::string_view code, std::string_view message, int exit_code) {
  terminal_.document({{"error", {{"code", code}, {"message", message}}}});
  terminal_.note(fmt::format("{}: {}", name_, message));
  return exit_code;
}

}  // namespace rbee::console
