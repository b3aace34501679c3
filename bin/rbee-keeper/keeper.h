#pragma once
// What every command works with.

#include <filesystem>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/environment.h"
#include "console/terminal.h"
#include "pool/keeper_config.h"

namespace rbee::keeper {

using console::Colour;
using console::padded;
using console::Terminal;

/// The flags that stand before or after any command.
struct GlobalFlags {
  std::string host = "localhost";  ///< the pool that the command is about
  bool json = false;
};

/// The operator's place: this machine, its settings and the pools it knows.
class Keeper {
 public:
  /// Throws Error: no home, a bad config.toml.
  Keeper(const GlobalFlags& flags, const Environment& environment, Terminal& terminal);

  const GlobalFlags flags;
  const Environment& environment;
  Terminal& terminal;
  const SystemClock clock{};
  const std::filesystem::path home;
  const pool::KeeperConfig config;
  const std::filesystem::path own_program;

  std::filesystem::path config_file() const { return home / "config.toml"; }
};

/// This program's version, from the build.
std::string version();

/// What the command line asked for; filled in while it is parsed.
struct Invocation {
  GlobalFlags flags;
  /// Runs the command and returns its exit code.
  std::function<int(Keeper&)> command;
};

constexpr int kDone = 0, kFailed = 1, kPartlyDone = 3;
constexpr int kInterrupted = 130;  // as a shell says of a program that Ctrl-C ended: 128 + SIGINT

}  // namespace rbee::keeper
