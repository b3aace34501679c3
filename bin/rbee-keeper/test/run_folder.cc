#include "test/run_folder.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/timestamp.h"
#include "matrix/junit.h"
#include "matrix/limits.h"
#include "matrix/support_page.h"
#include "test/limits.h"

namespace rbee::keeper {

namespace fs = std::filesystem;

namespace {

constexpr const char* kResults = "results.jsonl";
constexpr int kFoldersPerSecond = 1000;

bool has_evidence(const matrix::CellRecord& cell) {
  return !cell.checks.empty() && (matrix::works(cell.verdict.state) || matrix::failed(cell.verdict.state));
}

}  // namespace

fs::path make_run_folder(const fs::path& runs, WallTime now) {
  std::string name = timestamp(now);
  std::replace(name.begin(), name.end(), ':', '-');
  std::error_code error;
  fs::create_directories(runs, error);
  for (int i = 1; i < kFoldersPerSecond && !error; ++i) {
    const fs::path folder = runs / (i == 1 ? name : fmt::format("{}-{}", name, i));
    if (fs::create_directory(folder, error)) return folder;
  }
  fail(ErrorKind::kIo, "{}: no folder for this run could be made: {}", runs.string(), error.message());
}

matrix::Run read_run(const fs::path& file_or_folder) {
  const fs::path file = fs::is_directory(file_or_folder) ? file_or_folder / kResults : file_or_folder;
  return matrix::parse_results(read_file(file, matrix::kResultsBytesMax), file.string());
}

std::optional<matrix::Run> last_seen(const fs::path& runs) {
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(runs, ignored)) {
    if (fs::exists(entry.path() / kResults, ignored)) folders.push_back(entry.path());
  }
  std::sort(folders.rbegin(), folders.rend());
  if (folders.size() > kRunsLookedAt) folders.resize(kRunsLookedAt);
  std::optional<matrix::Run> out;
  std::set<matrix::CellKey> seen;
  for (const fs::path& folder : folders) {
    try {
      matrix::Run run = read_run(folder);
      if (!out) out.emplace().head = run.head;
      for (matrix::CellRecord& cell : run.cells) {
        if (has_evidence(cell) && seen.insert(cell.key).second) out->cells.push_back(std::move(cell));
      }
    } catch (const Error&) {  // an older form, or a run that was cut off by a crash: others may serve
    }
  }
  return out;
}

void write_run(const fs::path& folder, const matrix::Run& run) {
  write_file_atomically(folder / kResults, matrix::results_text(run));
  write_file_atomically(folder / "junit.xml", matrix::junit_text(run));
  write_file_atomically(folder / "MODEL_SUPPORT.md", matrix::support_page(run));
}

}  // namespace rbee::keeper
