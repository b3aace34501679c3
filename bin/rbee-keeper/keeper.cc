#include "keeper.h"

#include "base/host.h"
#include "pool/pool_paths.h"

namespace rbee::keeper {

Keeper::Keeper(const GlobalFlags& given, const Environment& process_environment, Terminal& process_terminal)
    : flags(given),
      environment(process_environment),
      terminal(process_terminal),
      home(pool::pool_home(environment)),
      config(pool::load_keeper_config(home / "config.toml", environment.get("HOME").value_or("/"))),
      own_program(own_program_path()) {}

std::string version() {
  return RBEE_VERSION;
}

}  // namespace rbee::keeper
