// completions: what Tab knows.

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/error.h"
#include "command_line.h"
#include "console/completions.h"
#include "sessions.h"

namespace rbee::keeper {
namespace {

constexpr std::chrono::seconds kTreeTimeout{30};

// The pool's verbs take what this machine's rbee-hive takes; without one they complete as far as their names.
void add_hive_commands(const Keeper& keeper, console::CommandTree& tree) {
  const auto pool = std::find_if(tree.commands.begin(), tree.commands.end(),
                                 [](const console::CommandTree& command) { return command.name == "pool"; });
  if (pool == tree.commands.end()) return;
  try {
    const HiveOutcome hive = open_link(keeper, "localhost")->hive({"completions", "tree"}, kTreeTimeout);
    if (hive.exit_code != kDone) return;
    for (console::CommandTree& verb : console::parse_command_tree(hive.out, "rbee-hive").commands) {
      const auto known = std::find_if(pool->commands.begin(), pool->commands.end(),
                                      [&](const console::CommandTree& command) { return command.name == verb.name; });
      if (known != pool->commands.end()) *known = std::move(verb);
    }
  } catch (const Error&) {
    return;
  }
}

int print_completions(Keeper& keeper, console::CommandTree tree, const std::string& word) {
  if (word == "pools") {
    for (const std::string& name : known_pools(keeper)) keeper.terminal.line(name);
    return kDone;
  }
  add_hive_commands(keeper, tree);
  keeper.terminal.raw(console::completion_script(
      word, {.tree = tree, .names = {"rbee", "rbee-keeper", "llorch"}, .values = {{"--host", "pools"}}}));
  return kDone;
}

constexpr const char* kCompletionsFooter = R"(
Examples:
  source <(rbee completions bash)
  rbee completions zsh > ~/.zfunc/_rbee
  rbee completions fish > ~/.config/fish/completions/rbee.fish

Exit codes: 0 done, 1 failed, 2 wrong use.)";

}  // namespace

void add_completions_command(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("completions", "Print a script that completes commands and flags on Tab");
  auto shell = std::make_shared<std::string>();  // shared by parser and command
  command->add_option("shell", *shell, "bash, zsh or fish; or pools: the names that --host takes")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish", "pools"}));
  command->footer(kCompletionsFooter);
  command->callback([&app, &invocation, shell] {
    invocation.command = [&app, shell](Keeper& keeper) {
      return print_completions(keeper, console::command_tree(app), *shell);
    };
  });
}

}  // namespace rbee::keeper
