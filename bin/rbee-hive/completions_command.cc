// completions: what Tab knows.

#include <memory>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/json_text.h"
#include "command_line.h"
#include "console/completions.h"

namespace rbee::hive {
namespace {

constexpr const char* kCompletionsFooter = R"(
Examples:
  source <(rbee-hive completions bash)
  rbee-hive completions zsh > ~/.zfunc/_rbee-hive
  rbee-hive completions fish > ~/.config/fish/completions/rbee-hive.fish)";

}  // namespace

void add_completions_command(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("completions", "Print a script that completes commands and flags on Tab");
  auto shell = std::make_shared<std::string>();  // shared by parser and command
  command->add_option("shell", *shell, "bash, zsh or fish; or tree: the commands as JSON")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish", "tree"}));
  command->footer(kCompletionsFooter);
  command->callback([&app, &invocation, shell] {
    invocation.command = [&app, shell](Hive& hive) {
      const console::CommandTree tree = console::command_tree(app);
      hive.terminal.raw(*shell == "tree"
                            ? json_text(to_json(tree))
                            : console::completion_script(*shell, {.tree = tree, .names = {"rbee-hive"}, .values = {}}));
      return kDone;
    };
  });
}

}  // namespace rbee::hive
