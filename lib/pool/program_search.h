#pragma once
// Finding programs.

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/environment.h"
#include "pool/pool_config.h"

namespace rbee::pool {

/// The first executable regular file `name` in PATH.
std::optional<std::filesystem::path> find_in_path(std::string_view name, const Environment& environment);

/// The worker program: RBEE_WORKER, the config's hive.worker, beside `own_program`, in a build tree's
/// ../llm-worker-rbee/, in ../libexec/rbee/, or in PATH. Throws Error{kNotFound} naming where it was looked for.
std::filesystem::path find_worker_program(const std::filesystem::path& own_program, const PoolConfig& config,
                                          const Environment& environment);

/// The pool's program rbee-hive on this machine: RBEE_HIVE, beside `own_program`, in a build tree's ../rbee-hive/, or
/// in PATH. Throws Error{kNotFound} naming where it was looked for.
std::filesystem::path find_hive_program(const std::filesystem::path& own_program, const Environment& environment);

}  // namespace rbee::pool
