#include "pool/pool_paths.h"

#include "base/error.h"

namespace rbee::pool {
namespace {

std::filesystem::path clean(const std::filesystem::path& path) {
  std::filesystem::path absolute = std::filesystem::absolute(path).lexically_normal();
  return absolute.has_filename() ? absolute : absolute.parent_path();  // without a '/' at the end
}

}  // namespace

std::filesystem::path PoolPaths::worker_log(std::string_view id) const {
  return workers() / (std::string(id) + ".log");
}

std::filesystem::path pool_home(const Environment& environment) {
  if (const auto home = environment.get("RBEE_HOME")) return clean(*home);
  if (const auto home = environment.get("HOME")) return clean(std::filesystem::path(*home) / ".rbee");
  fail(ErrorKind::kBadRequest, "neither RBEE_HOME nor HOME is set: set RBEE_HOME to the pool's folder");
}

PoolPaths make_pool_paths(const std::filesystem::path& home, const std::optional<std::filesystem::path>& models,
                          const std::optional<std::filesystem::path>& runtime) {
  return {clean(home), clean(models.value_or(home / "models")), clean(runtime.value_or(home / "runtime"))};
}

}  // namespace rbee::pool
