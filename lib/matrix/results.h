#pragma once
// A run's record: results.jsonl, a line for the run and a line per cell.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "matrix/cell.h"
#include "matrix/check.h"
#include "matrix/verdict.h"

namespace rbee::matrix {

/// A backend of a pool's machine.
struct BackendRecord {
  std::string name;
  bool available = false;
  std::string device;  ///< "NVIDIA H200, 141 GB"; what was looked for where there is none
};

/// A pool's machine.
struct PoolRecord {
  std::string name, cpu, hive_version;
  std::uint64_t cores = 0, memory_bytes = 0;
  std::vector<BackendRecord> backends;
  std::string problem;  ///< why nothing ran there; empty else
};

/// The first line: {"record":"run","version":1,…}.
struct RunRecord {
  std::string started_at, finished_at;  ///< RFC 3339, UTC; finished_at empty while it runs
  std::string rbee_version, command;    ///< how it was called
  Depth depth = Depth::kStandard;
  bool interrupted = false;
  std::vector<PoolRecord> pools;
};

/// What was tested: empty or 0 where not known.
struct ModelFacts {
  std::string digest;  ///< SHA-256 over the digests of its files
  std::string architecture, format, dtype, revision, device, worker_version;
  std::uint64_t parameters = 0, size_bytes = 0;
};

/// Every other line: {"record":"cell",…}.
struct CellRecord {
  CellKey key;
  ModelFacts facts;
  Verdict verdict;  ///< after comparison with the run before
  std::vector<Obstacle> obstacles;
  std::vector<CheckRecord> checks;
  std::vector<std::string> log;  ///< the end of the worker's log, of a cell that failed
  std::string started_at;
  double seconds = 0;

  /// Null when there is none.
  const CheckRecord* find(Check check) const;
  /// Nothing when the check or the figure is absent.
  std::optional<double> figure(Check check, std::string_view name) const;
};

struct Run {
  RunRecord head;
  std::vector<CellRecord> cells;

  const CellRecord* find(const CellKey& key) const;
};

/// One JSON document per line, the run first.
std::string results_text(const Run& run);
/// Reads it back. Unknown fields and checks are skipped. `source` names it in errors. Throws Error: kBadFile (not in
/// that form, over a limit, two cells with one key), kUnsupported (another version).
Run parse_results(std::string_view text, const std::string& source);

}  // namespace rbee::matrix
