#pragma once
// A program's commands and flags as data: what its completions are made of.

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace CLI {
class App;
}

namespace rbee::console {

struct CommandFlag {
  std::string name;         ///< "--model" or "-f"
  std::string description;  ///< the first line of its help
  bool takes_value = false;
};

struct CommandTree {
  std::string name, description;
  std::vector<CommandFlag> flags;  ///< its own; those of the commands above hold below too
  std::vector<CommandTree> commands;
};

CommandTree command_tree(const CLI::App& app);

boost::json::object to_json(const CommandTree& tree);
/// Throws Error{kBadFile} when the text is no tree of at most 8 levels and 1000 commands.
CommandTree parse_command_tree(std::string_view text, std::string_view source);

}  // namespace rbee::console
