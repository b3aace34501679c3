#pragma once
// The table [hive] of config.toml.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace rbee::pool {

/// What a person may set; the other tables of the file belong to other programs.
struct PoolConfig {
  std::optional<std::string> pool_id;  ///< by default the machine's name
  std::optional<std::filesystem::path> models_dir;
  std::optional<std::filesystem::path> runtime_dir;
  std::optional<std::filesystem::path> worker;  ///< the worker program
  std::optional<std::string> worker_host;       ///< the address that workers listen on; see listen_address.h
  std::optional<std::filesystem::path> worker_api_key_file;
  bool worker_insecure_no_auth = false;  ///< workers may listen beyond this machine without a key
};

/// The file's settings; none when there is no file. Throws Error{kBadFile}: no TOML (with line and column), an unknown
/// or mistyped key of [hive]. "~/" at the start of a path is `user_home`.
PoolConfig load_pool_config(const std::filesystem::path& file, const std::filesystem::path& user_home);

}  // namespace rbee::pool
