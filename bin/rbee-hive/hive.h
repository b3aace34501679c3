#pragma once
// What every command works with.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/environment.h"
#include "console/terminal.h"
#include "pool/catalog_store.h"
#include "pool/pool_config.h"
#include "pool/pool_paths.h"
#include "pool/worker_records.h"
#include "pool/worker_spawn.h"

namespace rbee::hive {

using console::Colour;
using console::padded;
using console::Terminal;

/// The flags that stand before or after any command.
struct GlobalFlags {
  std::string models_dir, runtime_dir;  ///< empty: from the config, or under the home
  bool json = false;
};

/// The pool of this machine, as one invocation sees it.
class Hive {
 public:
  /// Throws Error: no home, a bad config.toml.
  Hive(const GlobalFlags& flags, const Environment& environment, Terminal& terminal);

  const Environment& environment;
  Terminal& terminal;
  const SystemClock clock{};
  const std::filesystem::path home;
  const pool::PoolConfig config;
  const pool::PoolPaths paths;
  pool::CatalogStore catalog;
  const pool::WorkerRecords records;
  const std::filesystem::path own_program;

  /// For spawning, watching and stopping workers.
  pool::WorkerWorld worker_world() const;
};

/// This program's version, from the build.
std::string version();

/// What the command line asked for; filled in while it is parsed.
struct Invocation {
  GlobalFlags flags;
  /// Runs the command and returns its exit code.
  std::function<int(Hive&)> command;
};

constexpr int kDone = 0, kFailed = 1, kPartlyDone = 3;

}  // namespace rbee::hive
