// pool git pull, status, build: a pool's checkout of rbee.

#include <memory>

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/error.h"
#include "command_line.h"
#include "interruptible.h"
#include "sessions.h"

namespace rbee::keeper {
namespace {

struct GitVerb {
  const char* name;
  const char* description;
  std::string program;
  std::vector<std::string> arguments;
};

const std::vector<GitVerb>& git_verbs() {
  static const std::vector<GitVerb> verbs = {
      {"pull", "Take what is new upstream; refuses what is no fast-forward", "git", {"pull", "--ff-only"}},
      {"status", "The branch, and what was changed there", "git", {"status", "--short", "--branch"}},
      {"build", "Build it: make build", "make", {"build"}},
  };
  return verbs;
}

std::string checkout_folder(const Keeper& keeper, const std::string& given) {
  if (!given.empty()) return given;
  const pool::KnownPool* known = keeper.config.find(keeper.flags.host);
  if (known != nullptr && !known->checkout.empty()) return known->checkout;
  fail(ErrorKind::kBadRequest,
       "pool '{}': where is its checkout? Say --checkout DIR, or set 'checkout' in the table [pools.\"{}\"] of "
       "config.toml",
       keeper.flags.host, keeper.flags.host);
}

}  // namespace

void add_pool_git_commands(CLI::App& pool, Invocation& invocation) {
  CLI::App* git = pool.add_subcommand("git", "A pool's checkout of rbee's source");
  git->require_subcommand(1);
  git->fallthrough();
  auto folder = std::make_shared<std::string>();  // shared by parser and commands
  git->add_option("--checkout", *folder, "The folder there (default: 'checkout' of config.toml)")->type_name("DIR");
  for (const GitVerb& verb : git_verbs()) {
    CLI::App* command = git->add_subcommand(verb.name, verb.description);
    command->footer(
        fmt::format("\nExample:\n  rbee pool git {} --host workstation --checkout ~/rbee\n\n"
                    "Exit codes: those of {}; 2 wrong use, 130 interrupted.",
                    verb.name, verb.program));
    command->callback([&invocation, &verb, folder] {
      invocation.command = [&verb, folder](Keeper& keeper) {
        const std::string checkout = checkout_folder(keeper, *folder);
        return run_interruptible(*open_link(keeper, keeper.flags.host), {verb.program, verb.arguments, checkout});
      };
    });
  }
}

}  // namespace rbee::keeper
