#pragma once
// From the name of a pool to the pool.

#include <memory>
#include <string>
#include <vector>

#include "keeper.h"
#include "pool_link.h"

namespace rbee::keeper {

/// The pool of that name: "localhost" is this machine; then the pools of config.toml; any other name is taken for a
/// host that ssh knows. Nothing is connected yet. `keeper` outlives the session. Throws Error: kBadRequest (an odd
/// name), kNotFound (no ssh).
std::unique_ptr<PoolLink> open_link(const Keeper& keeper, const std::string& pool_name);
std::unique_ptr<PoolSession> open_session(const Keeper& keeper, const std::string& pool_name);

/// "localhost" and the names of config.toml.
std::vector<std::string> known_pools(const Keeper& keeper);

}  // namespace rbee::keeper
