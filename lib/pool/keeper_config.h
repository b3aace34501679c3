#pragma once
// The tables [keeper] and [pools.NAME] of config.toml: what the operator's program knows.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rbee::pool {

/// A machine that somebody gave a name.
struct KnownPool {
  std::string name;  ///< passes check_pool_name()
  std::string host;  ///< a host name, an address or an alias of ~/.ssh/config; passes parse_ssh_target(), has no user
  std::string user;  ///< empty: ssh's choice
  std::optional<std::uint16_t> port;
  std::string hive;      ///< path of rbee-hive over there; empty: looked for
  std::string checkout;  ///< folder of rbee's source over there, for `pool git`

  friend bool operator==(const KnownPool&, const KnownPool&) = default;
};

struct KeeperConfig {
  std::filesystem::path ssh;         ///< the ssh program; empty: from PATH
  std::filesystem::path ssh_config;  ///< for ssh -F; empty: ssh's own
  std::vector<KnownPool> pools;      ///< by name

  const KnownPool* find(std::string_view name) const;
  std::vector<std::string> names() const;
};

/// The file's settings; none when there is no file. "~/" at the start of a local path is `user_home`. Throws
/// Error{kBadFile}: no TOML (with line and column), an unknown or mistyped key of these tables, an odd name or host.
KeeperConfig load_keeper_config(const std::filesystem::path& file, const std::filesystem::path& user_home);

/// Throws Error{kBadRequest}: a name or host that is none, control characters in a path.
void check_known_pool(const KnownPool& pool);

/// The text of a config.toml with a table for the pool at its end; all else stays byte for byte. Throws
/// Error{kBadRequest} when `pool` is not sound or its name is taken, kBadFile when `text` is no TOML.
std::string with_pool(std::string_view text, const KnownPool& pool);

/// The text without the pool's table; comments and all else stay. Throws Error{kNotFound}: no such pool; kUnsupported:
/// it is written in a way (inline, dotted keys) that only its author can take apart.
std::string without_pool(std::string_view text, std::string_view name);

}  // namespace rbee::pool
