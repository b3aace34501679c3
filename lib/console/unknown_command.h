#pragma once
// What is said of a command that a program does not have.

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace rbee::console {

/// "'spwan' is no command of 'rbee-hive worker', did you mean 'spawn'?" with the list of commands; empty when the
/// commands in `arguments` are known. `value_flags` are flags of the program itself whose next argument is a value.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& arguments,
                            const std::vector<std::string>& value_flags);

}  // namespace rbee::console
