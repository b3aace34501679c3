#pragma once
// worker spawn.

#include <CLI/App.hpp>

#include "hive.h"

namespace rbee::hive {

void add_spawn_command(CLI::App& worker, Invocation& invocation);

}  // namespace rbee::hive
