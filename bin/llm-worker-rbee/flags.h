#pragma once
// The command line.

#include <optional>
#include <string>
#include <vector>

#include "base/environment.h"
#include "worker_config.h"

namespace rbee::worker {

/// What the command line asks for: to run, or to print something (--help, --version, an error) and leave.
struct Invocation {
  std::optional<WorkerConfig> config;  ///< run with it
  int exit_code = 0;                   ///< otherwise leave with this: 0, or 2 for wrong usage
  std::string out, err;                ///< what to print first
};

/// `arguments` without the program's name. The API key comes from --api-key-file or RBEE_API_KEY, never from an
/// argument: arguments are visible to every user of the machine.
Invocation parse_flags(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace rbee::worker
