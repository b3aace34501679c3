#pragma once
// `rbee pool models|worker|devices|status|doctor|clean …`: the pool's own commands.

#include <optional>
#include <string>
#include <vector>

namespace rbee::keeper {

/// The first words of the commands that a pool's rbee-hive answers.
const std::vector<std::string>& pool_verbs();

/// A command line of that kind, taken apart.
struct Passthrough {
  std::string host = "localhost";
  std::vector<std::string> arguments;  ///< for rbee-hive
};

/// Nothing when `arguments` (of rbee, without its name) is another command. --host may stand anywhere before a "--";
/// all else stays in its order, --json and --help too. Throws Error{kBadRequest}: --host twice or without a name.
std::optional<Passthrough> parse_passthrough(const std::vector<std::string>& arguments);

class Keeper;
/// Runs it, with the streams and the exit code of the pool's program. Throws as PoolLink::run().
int run_passthrough(Keeper& keeper, const Passthrough& passthrough);

}  // namespace rbee::keeper
