#include "pool/program_search.h"

#include <unistd.h>

#include "base/error.h"

namespace rbee::pool {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWorker = "llm-worker-rbee";
constexpr std::string_view kHive = "rbee-hive";

bool is_program(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

fs::path named_program(const fs::path& path, std::string_view by) {
  if (!is_program(path)) fail(ErrorKind::kNotFound, "{}: {} names no program", path.string(), by);
  return fs::absolute(path);
}

}  // namespace

std::optional<fs::path> find_in_path(std::string_view name, const Environment& environment) {
  const std::string path = environment.get("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const fs::path candidate = fs::path(path.substr(begin, end - begin)) / name;
    if (candidate.is_absolute() && is_program(candidate)) return candidate;
    begin = end + 1;
  }
  return std::nullopt;
}

fs::path find_worker_program(const fs::path& own_program, const PoolConfig& config, const Environment& environment) {
  if (const auto path = environment.get("RBEE_WORKER")) return named_program(*path, "RBEE_WORKER");
  if (config.worker) return named_program(*config.worker, "hive.worker in config.toml");
  const fs::path folder = own_program.parent_path();
  for (const fs::path& candidate : {folder / kWorker, folder.parent_path() / kWorker / kWorker,
                                    folder.parent_path() / "libexec" / "rbee" / kWorker}) {
    if (is_program(candidate)) return candidate;
  }
  if (const auto found = find_in_path(kWorker, environment)) return *found;
  fail(ErrorKind::kNotFound,
       "no {}: looked in {}, in the build tree beside it, and in PATH; build it, or set RBEE_WORKER to its path",
       kWorker, folder.string());
}

fs::path find_hive_program(const fs::path& own_program, const Environment& environment) {
  if (const auto path = environment.get("RBEE_HIVE")) return named_program(*path, "RBEE_HIVE");
  const fs::path folder = own_program.parent_path();
  for (const fs::path& candidate : {folder / kHive, folder.parent_path() / kHive / kHive}) {
    if (is_program(candidate)) return candidate;
  }
  if (const auto found = find_in_path(kHive, environment)) return *found;
  fail(ErrorKind::kNotFound,
       "no {}: looked in {}, in the build tree beside it, and in PATH; install it, or set RBEE_HIVE to its path", kHive,
       folder.string());
}

}  // namespace rbee::pool
