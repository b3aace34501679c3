#include "hive.h"

#include "base/host.h"
#include "http_get.h"

namespace rbee::hive {
namespace {

std::optional<std::filesystem::path> given(const std::string& flag,
                                           const std::optional<std::filesystem::path>& config) {
  if (!flag.empty()) return flag;
  return config;
}

}  // namespace

Hive::Hive(const GlobalFlags& flags, const Environment& process_environment, Terminal& process_terminal)
    : environment(process_environment),
      terminal(process_terminal),
      home(pool::pool_home(environment)),
      config(pool::load_pool_config(home / "config.toml", environment.get("HOME").value_or("/"))),
      paths(pool::make_pool_paths(home, given(flags.models_dir, config.models_dir),
                                  given(flags.runtime_dir, config.runtime_dir))),
      catalog(paths.catalog(), config.pool_id.value_or(host_name()), clock),
      records(paths.workers()),
      own_program(own_program_path()) {}

pool::WorkerWorld Hive::worker_world() const {
  return {paths, environment, clock, http_get(), version()};
}

std::string version() {
  return RBEE_VERSION;
}

}  // namespace rbee::hive
