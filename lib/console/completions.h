#pragma once
// Shell completions made from a program's commands.

#include <string>
#include <string_view>
#include <vector>

#include "console/command_tree.h"

namespace rbee::console {

/// What a completion script is made for.
struct CompletionRequest {
  const CommandTree& tree;         ///< tree.name is the program that `values` runs
  std::vector<std::string> names;  ///< the program's names; the first is tree.name
  /// Flags whose values the program itself lists: `<program> completions <word>` prints one per line.
  struct ValueList {
    std::string flag, word;
  };
  std::vector<ValueList> values;
};

/// A script to be sourced. Every command and flag at its place; values of other flags complete as file names. Throws
/// Error{kBadRequest} when `shell` is not bash, zsh or fish.
std::string completion_script(std::string_view shell, const CompletionRequest& request);

}  // namespace rbee::console
