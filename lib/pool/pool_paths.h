#pragma once
// Where a pool keeps its files.

#include <filesystem>
#include <optional>
#include <string_view>

#include "base/environment.h"

namespace rbee::pool {

/// All absolute.
struct PoolPaths {
  std::filesystem::path home;     ///< RBEE_HOME, by default ~/.rbee
  std::filesystem::path models;   ///< home/models
  std::filesystem::path runtime;  ///< home/runtime

  std::filesystem::path config() const { return home / "config.toml"; }
  std::filesystem::path catalog() const { return models / "catalog.json"; }
  /// `id` is a checked model id.
  std::filesystem::path model_folder(std::string_view id) const { return models / id; }
  std::filesystem::path workers() const { return runtime / "workers"; }
  std::filesystem::path worker_log(std::string_view id) const;
  std::filesystem::path runs() const { return home / "runs"; }
};

/// The home of `environment`: RBEE_HOME, or .rbee in HOME. Throws Error{kBadRequest} when neither is set.
std::filesystem::path pool_home(const Environment& environment);

/// Parts that are not given lie under `home`; relative ones count from the current folder.
PoolPaths make_pool_paths(const std::filesystem::path& home, const std::optional<std::filesystem::path>& models,
                          const std::optional<std::filesystem::path>& runtime);

}  // namespace rbee::pool
